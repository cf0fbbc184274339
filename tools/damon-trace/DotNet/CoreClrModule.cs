using System.Collections.Immutable;
using Microsoft.Diagnostics.Runtime;

namespace Damon.Trace.Cli.DotNet;

/// <summary>libcoreclr.so without its version, which would be searched for in all of its data.</summary>
/// <param name="elf">The library.</param>
internal sealed class CoreClrModule(ModuleInfo elf) : ModuleInfo(elf.ImageBase, elf.FileName)
{
    /// <inheritdoc/>
    public override ModuleKind Kind => elf.Kind;

    /// <inheritdoc/>
    public override ImmutableArray<byte> BuildId => elf.BuildId;

    /// <inheritdoc/>
    protected override long ImageSizeCore => elf.ImageSize;

    /// <inheritdoc/>
    public override ulong GetExportSymbolAddress(string symbol) => elf.GetExportSymbolAddress(symbol);
}
