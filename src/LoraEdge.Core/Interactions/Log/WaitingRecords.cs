using System.Runtime.InteropServices;

namespace LoraEdge;

/// <summary>What waits for the writer.</summary>
internal enum WaitingKind
{
    /// <summary>A record, complete but for its number.</summary>
    Record = 1,

    /// <summary>The record before it is to be taken back.</summary>
    Undo = 2,

    /// <summary>Nothing: the writing of a record failed, or the memory's end was too near.</summary>
    Nothing = 3,
}

/// <summary>
/// Records on their way from the threads of the host to the writer: a ring of fixed size that any thread writes to without a
/// lock and one thread at a time reads. A thread first reserves room by moving the end, then fills it, then marks it as
/// complete; the reader stops at what is not complete yet. Read memory is zeroed, so that what is reserved next is incomplete.
/// </summary>
internal sealed class WaitingRecords
{
    // Room that records leave to undoing, which must not fail because of them.
    private const int SpareWords = 512;

    private readonly long[] _words;
    private readonly int _mask;
    private long _end;
    private long _start;

    /// <param name="bytes">Size of the memory, rounded up to a power of two.</param>
    public WaitingRecords(int bytes)
    {
        int words = 2 * SpareWords;
        while (words * sizeof(long) < bytes)
            words *= 2;
        _words = new long[words];
        _mask = words - 1;
    }

    /// <summary>Largest content for which there is room when nothing else waits: one that does not fit before the memory's end begins at its start.</summary>
    public int LargestBytes => ((_words.Length - SpareWords) / 2 - 1) * sizeof(long);

    /// <summary>Whether more than half of the memory is taken.</summary>
    public bool IsHalfFull => Volatile.Read(ref _end) - Volatile.Read(ref _start) > _words.Length / 2;

    /// <summary>Takes room, to be completed under all circumstances; false when there is none.</summary>
    public bool TryReserve(int bytes, WaitingKind kind, out long position)
    {
        int words = WordsOf(bytes);
        long limit = _words.Length - (kind == WaitingKind.Undo ? 0 : SpareWords);
        while (true)
        {
            long end = Volatile.Read(ref _end);
            int untilWrap = _words.Length - (int)(end & _mask);
            int skipped = words <= untilWrap ? 0 : untilWrap;
            position = end + skipped;
            if (position + words - Volatile.Read(ref _start) > limit)
                return false;
            if (Interlocked.CompareExchange(ref _end, position + words, end) != end)
                continue;
            if (skipped > 0)
                Complete(end, (skipped - 1) * sizeof(long), WaitingKind.Nothing);
            return true;
        }
    }

    /// <summary>The room that was taken.</summary>
    public Span<byte> Content(long position, int bytes) =>
        MemoryMarshal.AsBytes(_words.AsSpan((int)(position & _mask) + 1, WordsOf(bytes) - 1)).Slice(0, bytes);

    /// <summary>Hands over to the reader.</summary>
    public void Complete(long position, int bytes, WaitingKind kind) =>
        Volatile.Write(ref _words[position & _mask], ((long)kind << 32) | (uint)bytes);

    /// <summary>What has waited longest, valid until <see cref="Release"/>. One thread at a time.</summary>
    public bool TryPeek(out WaitingKind kind, out ReadOnlySpan<byte> content)
    {
        long head = Volatile.Read(ref _words[_start & _mask]);
        kind = (WaitingKind)(head >> 32);
        content = head == 0 ? default : Content(_start, (int)head);
        return head != 0;
    }

    /// <summary>Frees what was peeked at.</summary>
    public void Release()
    {
        int at = (int)(_start & _mask);
        int words = WordsOf((int)_words[at]);
        Array.Clear(_words, at, words);
        Volatile.Write(ref _start, _start + words);
    }

    private static int WordsOf(int bytes) => 1 + ((bytes + sizeof(long) - 1) / sizeof(long));
}
