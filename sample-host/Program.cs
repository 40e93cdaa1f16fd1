return Rival.Commands.CommandLine.Run(args);
