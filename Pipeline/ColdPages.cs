using System.Globalization;
using System.Runtime.InteropServices;

namespace BifrostLite.Pipeline;

/// <summary>
/// Lets go of the pages of the executable and its libraries, of which starting and busy times touch far more than a gateway at rest
/// needs: the kernel maps files in pieces of 64 KB around every byte that is read. What is needed again comes back from the page
/// cache at its first use. Linux only (madvise(2), proc_pid_smaps(5)); elsewhere nothing happens.
/// </summary>
internal static partial class ColdPages
{
    private const int DontNeed = 4; // MADV_DONTNEED, the same number on every architecture of Linux

    /// <summary>Never fails: memory that cannot be given back is merely kept.</summary>
    public static void Release()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        try
        {
            foreach (var (start, length) in Droppable(File.ReadLines("/proc/self/smaps")))
            {
                _ = Advise(start, length, DontNeed);
            }
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or DllNotFoundException or EntryPointNotFoundException)
        {
        }
    }

    /// <summary>
    /// The mappings that read the same again from their file: of a file, not writable, and without one page written since
    /// (relocated data is mapped from the file too, but its pages are the process's own: dropping those would undo the relocation).
    /// </summary>
    /// <param name="smaps">The lines of /proc/self/smaps.</param>
    internal static List<(nint Start, nuint Length)> Droppable(IEnumerable<string> smaps)
    {
        List<(nint, nuint)> found = [];
        (nint Start, nuint Length)? candidate = null;
        foreach (var line in smaps)
        {
            if (line.StartsWith("Anonymous:", StringComparison.Ordinal))
            {
                if (candidate is { } clean && line.AsSpan(10).Trim() is "0 kB")
                {
                    found.Add(clean);
                }

                candidate = null;
            }
            else if (char.IsAsciiHexDigitLower(line[0]))
            {
                candidate = Mapping(line);
            }
        }

        return found;
    }

    /// <summary>"start-end perms offset device inode path"; null when a page of it may differ from the file.</summary>
    private static (nint Start, nuint Length)? Mapping(string line)
    {
        var dash = line.IndexOf('-', StringComparison.Ordinal);
        var space = line.IndexOf(' ', StringComparison.Ordinal);
        if (dash < 0 || space < dash || !line.Contains(" /", StringComparison.Ordinal)
            || line.AsSpan(space + 1) is not ['r', '-', _, 'p', ..]
            || !nint.TryParse(line.AsSpan(0, dash), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var start)
            || !nint.TryParse(line.AsSpan(dash + 1, space - dash - 1), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var end))
        {
            return null;
        }

        return (start, (nuint)(end - start));
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(nint start, nuint length, int advice);
}
