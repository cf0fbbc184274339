using Damon.Trace.Tracer.AccessSamples;

namespace Damon.Trace.Cli.Who;

/// <summary><c>--by METHOD</c>: how accesses are sampled.</summary>
internal static class SamplerOption
{
    /// <summary>A name that does not exist is a mistake on the command line; what does not work here is not.</summary>
    internal static void Require(string name)
    {
        if (name != AccessSamplers.Auto && !AccessSamplers.Names.Contains(name))
        {
            throw new UserErrorException(
                $"there is no way '{name}' to sample accesses", $"use {AccessSamplers.Auto}, {string.Join(" or ", AccessSamplers.Names)}", ExitCode.Usage);
        }
    }
}
