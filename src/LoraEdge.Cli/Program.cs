return LoraEdge.Cli.CommandLine.Run(args, Console.Out, Console.Error);
