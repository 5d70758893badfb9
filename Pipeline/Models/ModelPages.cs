using System.Globalization;
using BifrostLite.Schemas.Hub;

namespace BifrostLite.Pipeline.Models;

/// <summary>
/// Cuts a list into the pages a caller asked for: Bifrost's page_size and page_token, Anthropic's limit, after_id and
/// before_id, Gemini's pageSize and pageToken. Who names no size gets all: most callers never ask for a second page.
/// </summary>
internal static class ModelPages
{
    public static ModelPage Cut(IReadOnlyList<ModelInfo> models, IQueryCollection query)
    {
        var size = Number(query["page_size"]) ?? Number(query["pageSize"]) ?? Number(query["limit"]) ?? models.Count;
        var start = After(models, query["after_id"]) ?? Number(query["page_token"]) ?? Number(query["pageToken"]) ?? 0;
        var end = models.Count;
        if (Index(models, query["before_id"]) is { } before)
        {
            end = before;
            start = Math.Max(0, end - size);
        }

        start = Math.Min(start, end);
        var stop = start + Math.Min(size, end - start);
        return new ModelPage([.. models.Skip(start).Take(stop - start)], stop < end ? stop.ToString(CultureInfo.InvariantCulture) : null);
    }

    private static int? Number(string? text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 0 ? number : null;

    private static int? After(IReadOnlyList<ModelInfo> models, string? id) => Index(models, id) + 1;

    private static int? Index(IReadOnlyList<ModelInfo> models, string? id)
    {
        for (var i = 0; i < models.Count && id is not null; i++)
        {
            if (models[i].Id == id)
            {
                return i;
            }
        }

        return null;
    }
}
