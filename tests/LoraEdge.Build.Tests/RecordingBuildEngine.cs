using System.Collections;

using Microsoft.Build.Framework;

namespace LoraEdge.Build.Tests;

/// <summary>Keeps what a task logs.</summary>
sealed class RecordingBuildEngine : IBuildEngine
{
    public List<string> Errors { get; } = [];

    public bool ContinueOnError => false;

    public int LineNumberOfTaskNode => 0;

    public int ColumnNumberOfTaskNode => 0;

    public string ProjectFileOfTaskNode => "test.proj";

    public bool BuildProjectFile(string project, string[] targets, IDictionary properties, IDictionary outputs) => false;

    public void LogErrorEvent(BuildErrorEventArgs error) => Errors.Add($"{error.Code}: {error.Message}");

    public void LogWarningEvent(BuildWarningEventArgs warning)
    {
    }

    public void LogMessageEvent(BuildMessageEventArgs message)
    {
    }

    public void LogCustomEvent(CustomBuildEventArgs custom)
    {
    }
}
