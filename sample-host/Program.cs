using System.CommandLine;
using Rival.Commands;

var root = new RootCommand("Rival: chess against an opponent that learns you.") { TrainBaseCommand.Create() };
return root.Parse(args).Invoke();
