namespace BifrostLite.Storage.Sealing;

/// <summary>Where a sealed body stands, as the text it is bound to.</summary>
internal static class Place
{
    public static string Of(StoredRecord record) => OfRecord(record.Kind, record.Id);

    public static string OfRecord(string kind, string id) => $"record\0{kind}\0{id}";

    public static string OfRequest(string id) => $"request\0{id}";

    public static string OfResponse(string id) => $"response\0{id}";
}
