using System.Text;
using System.Text.Json;
using BifrostLite.Schemas.Hub;
using FsCheck;
using FsCheck.Fluent;

namespace BifrostLite.Tests.Unit.Schemas.Hub;

public sealed class JsonEscapesTests
{
    /// <summary>The buffer starts with little more room than the plain text takes, so that it grows in the middle.</summary>
    [Fact]
    public void Escape_AnyText_ReadsBack() =>
        Prop.ForAll(
                Arb.From(Gen.Elements("\"", "\\", "\n", "\r", "\t", "\b", "\f", "\u0000", "\u0001", "\u001f", "a", "é", "漢", "a stretch without any", "u", "/").ListOf()),
                pieces => ReadsBack(string.Concat(pieces)))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    [Fact]
    public void Escape_WhatNeedsNone_StaysAsItIs() => Assert.Equal("é/漢\u007f'<>&", Encoding.UTF8.GetString(JsonText.From("é/漢\u007f'<>&").Span));

    private static bool ReadsBack(string text)
    {
        var escaped = JsonText.FromUtf8(Encoding.UTF8.GetBytes(text));
        using var document = JsonDocument.Parse(Encoding.UTF8.GetBytes($"\"{Encoding.UTF8.GetString(escaped.Span)}\""));
        return document.RootElement.GetString() == text;
    }
}
