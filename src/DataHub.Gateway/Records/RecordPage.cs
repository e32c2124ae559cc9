using System.Text.Json;
using DataHub.Storage.Queries;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.WebUtilities;

namespace DataHub.Gateway.Records;

/// <summary>Writes a page: <c>{"value":[…],"next":…,"total":…,"version":{…}}</c>, streamed; a failure in the middle aborts the connection.</summary>
internal sealed class RecordPage(PageCursor cursors, CursorScope scope, ReadPlan plan, long left)
{
    /// <summary>
    /// A page up to this size waits in the pipe, so that its Link header can name the next page; a larger one flows, and only its body does.
    /// </summary>
    private const int FlushBytes = 4 << 20;

    public async Task WriteAsync(HttpContext context, ReadRequest request, RecordRows rows, int take)
    {
        context.Response.ContentType = "application/json";
        var body = context.Response.BodyWriter;
        await using var json = new Utf8JsonWriter(body, RecordJson.WriterOptions);
        var records = new RecordJson(plan.Columns, ReadPlan.NumbersAsText(context));
        var reader = rows.Reader;
        object[]? last = null;
        var count = 0;
        var flushed = 0L;
        json.WriteStartObject();
        json.WriteStartArray("value"u8);
        while (await reader.ReadAsync(context.RequestAborted))
        {
            records.Write(json, reader);
            if (++count == take && left > take)
            {
                last = Key(reader);
            }

            if (json.BytesCommitted + json.BytesPending - flushed > FlushBytes)
            {
                json.Flush();
                flushed = json.BytesCommitted;
                await body.FlushAsync(context.RequestAborted);
            }
        }

        if (count != take)
        {
            throw new InvalidOperationException($"version {request.Version.Seq} of dataset {request.Dataset.Id} gave {count} records where {take} must be");
        }

        json.WriteEndArray();
        WriteEnd(json, context, request, last, take);
        json.WriteEndObject();
        json.Flush();
        await body.FlushAsync(context.RequestAborted);
    }

    private void WriteEnd(Utf8JsonWriter json, HttpContext context, ReadRequest request, object[]? last, int take)
    {
        if (last is null)
        {
            json.WriteNull("next"u8);
        }
        else
        {
            var next = Next(context, cursors.Write(scope, new PagePosition(last, left - take)));
            if (!context.Response.HasStarted)
            {
                context.Response.Headers.Append("Link", $"<{next}>; rel=\"next\"");
            }

            json.WriteString("next"u8, next);
        }

        json.WriteNumber("total"u8, request.Version.Records);
        json.WriteStartObject("version"u8);
        json.WriteNumber("seq"u8, request.Version.Seq);
        json.WriteString("label"u8, request.Version.Label);
        json.WriteEndObject();
    }

    private static string Next(HttpContext context, string cursor)
    {
        var query = context.Request.Query.Where(q => q.Key != "cursor").Append(new("cursor", cursor));
        var address = UriHelper.BuildAbsolute(context.Request.Scheme, context.Request.Host, context.Request.PathBase, context.Request.Path);
        return QueryHelpers.AddQueryString(address, query);
    }

    // The key stands behind the wanted columns.
    private object[] Key(Npgsql.NpgsqlDataReader reader)
    {
        var key = new object[plan.Line.Layout.Key.Count];
        for (var i = 0; i < key.Length; i++)
        {
            key[i] = reader.GetValue(plan.Columns.Count + i) switch
            {
                DateTime date when plan.Line.Layout.Key[i].Type.Kind == Core.Contracts.ColumnKind.Date => DateOnly.FromDateTime(date),
                TimeSpan time => TimeOnly.FromTimeSpan(time),
                var value => value,
            };
        }

        return key;
    }
}
