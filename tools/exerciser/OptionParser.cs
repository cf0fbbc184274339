namespace Damon.Trace.Exerciser;

/// <summary>Parses <c>--option value</c> and <c>--option=value</c>.</summary>
internal static class OptionParser
{
    internal static ExerciserOptions Parse(IReadOnlyList<string> arguments)
    {
        var options = new ExerciserOptions();
        for (int index = 0; index < arguments.Count; index++)
        {
            string name = arguments[index];
            string? value = null;
            int equals = name.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0)
            {
                value = name[(equals + 1)..];
                name = name[..equals];
            }
            else if (index + 1 < arguments.Count)
            {
                value = arguments[++index];
            }

            options = Apply(options, name, value);
        }

        return options.Checked();
    }

    private static ExerciserOptions Apply(ExerciserOptions options, string name, string? value)
    {
        return name switch
        {
            "--size" => options with { SizeBytes = Size(name, value) },
            "--hot" => options with { RequestedHotBytes = Size(name, value) },
            "--warm" => options with { RequestedWarmBytes = Size(name, value) },
            "--warm-period" => options with { WarmPeriodNs = Duration(name, value) },
            "--duration" => options with { DurationNs = Duration(name, value) },
            "--pattern" => options with { Pattern = Choice<SweepPattern>(name, value) },
            "--access" => options with { Access = Choice<AccessKind>(name, value) },
            "--pages" => options with { HugePages = IsHuge(value) },
            "--threads" => options with { NrThreads = Number(name, value) },
            "--phase-shift" => options with { PhaseShiftNs = Duration(name, value) },
            "--throttle" => options with { ThrottleNs = Duration(name, value) },
            "--static-rss" => options with { StaticBytes = Size(name, value) },
            "--mlock" => options with { LockedBytes = Size(name, value) },
            "--shared" => options with { SharedBytes = Size(name, value) },
            "--drop-hot" => options with { DropsHotPages = YesOrNo(name, value) },
            "--offer-userfaultfd" => options with { OffersUserfaultfd = YesOrNo(name, value) },
            "--managed" => options with { ManagedBytes = Size(name, value) },
            "--collect" => options with { CollectsAlways = YesOrNo(name, value) },
            "--mmaps" => options with { NrMmaps = Number(name, value) },
            _ => throw new UsageException($"unknown option {name}", "exerciser --help lists the options"),
        };
    }

    private static ulong Size(string name, string? value)
    {
        bool valid = Units.TryParseSize(value ?? "", out ulong bytes);
        return valid ? bytes : throw Invalid(name, value, "a size, for example 32M");
    }

    private static long Duration(string name, string? value)
    {
        bool valid = Units.TryParseDuration(value ?? "", out long nanoseconds);
        return valid ? nanoseconds : throw Invalid(name, value, "a duration, for example 500ms");
    }

    private static int Number(string name, string? value)
    {
        bool valid = uint.TryParse(value, out uint number) && number <= int.MaxValue;
        return valid ? (int)number : throw Invalid(name, value, "a number");
    }

    private static T Choice<T>(string name, string? value)
        where T : struct, Enum
    {
        return value is not null && !char.IsAsciiDigit(value.FirstOrDefault('0')) && Enum.TryParse(value, ignoreCase: true, out T choice)
            ? choice
            : throw Invalid(name, value, $"one of {string.Join(", ", Enum.GetNames<T>()).ToLowerInvariant()}");
    }

    private static bool IsHuge(string? value)
    {
        return value switch
        {
            "huge" => true,
            "4k" => false,
            _ => throw Invalid("--pages", value, "one of 4k, huge"),
        };
    }

    private static bool YesOrNo(string name, string? value)
    {
        return value switch
        {
            "yes" => true,
            "no" => false,
            _ => throw Invalid(name, value, "yes or no"),
        };
    }

    private static UsageException Invalid(string name, string? value, string expected)
    {
        return new UsageException(value is null ? $"{name} has no value" : $"{name} {value} is not valid", $"{name} takes {expected}");
    }
}
