using System.Diagnostics.CodeAnalysis;
using System.Runtime.ExceptionServices;

namespace Damon.Trace.Exporters.PerfScript;

/// <summary>
/// A text in blocks of lines that have been read, in order. Blocks are independent, so further threads read them ahead where there are
/// processors for them; who takes blocks reads one itself where none is ready and the input is a file.
/// </summary>
/// <remarks>A thread that waits for a pipe when nobody takes blocks any more ends with the pipe, or with the process.</remarks>
internal sealed class TextBlocks : IDisposable
{
    /// <summary>A text of so many blocks is over before a thread has started.</summary>
    private const int BlocksBeforeHelp = 4;

    private const int MaxHelpers = 3;

    private readonly TextCutter _cutter;
    private readonly BlockParser _parser;
    private readonly EventNames _names;
    private readonly bool _mayWait;
    private readonly object _lock = new();

    // Only for who holds this one is the cutter: blocks get into the order in which they are cut.
    private readonly object _cutting = new();
    private readonly Queue<TextBlock> _order = new();
    private readonly Stack<TextBlock> _free = new();
    private TextBlock? _taken;
    private ExceptionDispatchInfo? _failure;
    private int _helpers;

    /// <summary>Blocks that may still be made.</summary>
    private int _unmade = 1;
    private int _blocks;
    private bool _ended;
    private bool _stopped;

    /// <param name="input">The text; stays the caller's.</param>
    /// <param name="names">The numbers of the events' names.</param>
    /// <param name="isFile">Whether all of it is there: reading it never waits for a writer.</param>
    internal TextBlocks(Stream input, EventNames names, bool isFile)
    {
        _cutter = new TextCutter(input);
        _names = names;
        _parser = new BlockParser(names);
        _mayWait = !isFile;
    }

    private bool HasRoom => _free.Count > 0 || _unmade > 0;

    /// <summary>The next block, valid until the next call; false at the end of the text.</summary>
    internal bool TryTake([NotNullWhen(true)] out TextBlock? block)
    {
        GiveBack();
        if (++_blocks == BlocksBeforeHelp)
        {
            StartHelpers();
        }

        while (true)
        {
            lock (_lock)
            {
                if (TryDequeue(out block))
                {
                    return true;
                }

                if (_order.Count == 0 && _ended)
                {
                    _failure?.Throw();
                    return false;
                }

                if (_helpers > 0 && (_mayWait || _ended || !HasRoom))
                {
                    Monitor.Wait(_lock);
                    continue;
                }
            }

            ReadOne(_parser);
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _stopped = true;
            Monitor.PulseAll(_lock);
        }
    }

    private void GiveBack()
    {
        lock (_lock)
        {
            if (_taken is not null)
            {
                _free.Push(_taken);
                _taken = null;
                Monitor.PulseAll(_lock);
            }
        }
    }

    private bool TryDequeue([NotNullWhen(true)] out TextBlock? block)
    {
        if (_order.TryPeek(out block) && block.IsParsed)
        {
            _taken = _order.Dequeue();
            return true;
        }

        return false;
    }

    private void StartHelpers()
    {
        _helpers = Math.Min(Environment.ProcessorCount - 1, MaxHelpers);
        _unmade += 2 * _helpers;
        for (int i = 0; i < _helpers; i++)
        {
            new Thread(Help) { IsBackground = true, Name = "text-reader" }.Start();
        }
    }

    private void Help()
    {
        BlockParser parser = new(_names);
        while (true)
        {
            lock (_lock)
            {
                while (!HasRoom && !_ended && !_stopped)
                {
                    Monitor.Wait(_lock);
                }

                if (_ended || _stopped)
                {
                    return;
                }
            }

            ReadOne(parser);
        }
    }

    /// <summary>Cuts the next block and reads its lines, if there is one, and an instance for it.</summary>
    private void ReadOne(BlockParser parser)
    {
        TextBlock? block;
        lock (_cutting)
        {
            lock (_lock)
            {
                if (_ended || !HasRoom)
                {
                    return;
                }

                if (!_free.TryPop(out block))
                {
                    _unmade--;
                }
            }

            block ??= new TextBlock();
            block.IsParsed = false;
            bool any = TryCut(block);
            lock (_lock)
            {
                if (any)
                {
                    _order.Enqueue(block);
                }
                else
                {
                    _ended = true;
                    Monitor.PulseAll(_lock);
                    return;
                }
            }
        }

        parser.Parse(block);
        lock (_lock)
        {
            block.IsParsed = true;
            Monitor.PulseAll(_lock);
        }
    }

    private bool TryCut(TextBlock block)
    {
        try
        {
            return _cutter.TryCut(block);
        }
        catch (Exception error)
        {
            // For who takes blocks, after those before it.
            _failure = ExceptionDispatchInfo.Capture(error);
            return false;
        }
    }
}
