using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using DataHub.Core.Errors;

namespace DataHub.Ingestion.Sources.Rest;

/// <summary>What a page that was read to its end says of the next one.</summary>
/// <param name="Address">Where it came from.</param>
/// <param name="Records">How many it had.</param>
/// <param name="Digest">Of its records.</param>
internal sealed record RestPageEnd(Uri Address, long Records, byte[] Digest)
{
    /// <summary>Token or address in the body, or null.</summary>
    public string? Next { get; init; }

    /// <summary>The <c>Link</c> headers.</summary>
    public IReadOnlyList<string> Links { get; init; } = [];

    /// <summary>Number of all records by the page, or null.</summary>
    public long? Total { get; init; }
}

/// <summary>
/// Leads from page to page, by the source's settings, and never twice to the same. It counts what was delivered: the next offset is what came,
/// not what was asked for, so that a server that gives less than asked loses nothing.
/// </summary>
internal sealed class RestPager(RestSession session, string resource, IReadOnlyList<(string Name, string Value)> window)
{
    private readonly RestPagingOptions paging = session.Options.Paging;
    private readonly HashSet<UInt128> seen = [];
    private readonly Uri home = Home(session.Options.BaseUrl, resource);
    private byte[]? lastDigest;
    private long? firstTotal;
    private long? lastTotal;
    private long delivered;

    /// <summary>Number of the page that is read now, from 1.</summary>
    public int Page { get; private set; } = 1;

    /// <summary>Number of all records by the first page, or null.</summary>
    public long? Total => firstTotal;

    /// <summary>The first page's address.</summary>
    public Uri First() => At(paging.Kind switch
    {
        RestPaging.Offset => "0",
        RestPaging.Page => Number(paging.FirstPage),
        _ => null,
    });

    /// <summary>The next page's address, or null at the end; then as many records must have come as were announced.</summary>
    public Uri? Next(RestPageEnd end)
    {
        delivered += end.Records;
        if (end.Total is { } total && (end.Records > 0 || firstTotal is null))
        {
            firstTotal ??= total;
            lastTotal = total;
        }

        var next = Follow(end);
        if (next is null)
        {
            CheckTotal();
            return null;
        }

        lastDigest = end.Digest;
        if (++Page > paging.MaxPages)
        {
            throw HubErrors.SourcePageLimit(session.Source, resource, paging.MaxPages).ToException();
        }

        return next;
    }

    private Uri? Follow(RestPageEnd end)
    {
        switch (paging.Kind)
        {
            case RestPaging.Offset or RestPaging.Page:
                // A short page is no end: servers give fewer than asked for. Only nothing is, or all that was announced.
                if (end.Records == 0 || delivered >= lastTotal)
                {
                    return null;
                }

                if (lastDigest is not null && lastDigest.AsSpan().SequenceEqual(end.Digest))
                {
                    throw Loop();
                }

                return At(Number(paging.Kind == RestPaging.Offset ? delivered : paging.FirstPage + Page));
            case RestPaging.Cursor:
                return string.IsNullOrEmpty(end.Next) ? null : At(Once(end.Next));
            case RestPaging.Link:
                return NextLink(end.Links) is { } link ? Given(end.Address, link) : null;
            case RestPaging.Next:
                return string.IsNullOrEmpty(end.Next) ? null : Given(end.Address, end.Next);
            default:
                return null;
        }
    }

    private Uri Given(Uri from, string link)
    {
        var next = session.Allow(from, link);
        if (Page == 1)
        {
            Once(from.AbsoluteUri);
        }

        Once(next.AbsoluteUri);
        return next;
    }

    private string Once(string token)
    {
        Span<byte> digest = stackalloc byte[32];
        SHA256.HashData(Encoding.UTF8.GetBytes(token), digest);
        return seen.Add(System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(digest)) ? token : throw Loop();
    }

    private HubErrorException Loop() => HubErrors.SourcePagingLoop(session.Source, resource, Page).ToException();

    private void CheckTotal()
    {
        if (firstTotal is { } first && lastTotal is { } last && (first != last || delivered != last))
        {
            throw HubErrors.SourcePagesMoved(session.Source, resource, first, last, delivered).ToException();
        }
    }

    private Uri At(string? position)
    {
        var pairs = session.Options.Query.Concat(window);
        if (paging.SizeParameter is { } size)
        {
            pairs = pairs.Append((size, Number(paging.Size)));
        }

        if (position is not null)
        {
            pairs = pairs.Append((paging.Parameter, position));
        }

        var query = string.Join('&', pairs.Select(p => $"{Uri.EscapeDataString(p.Name)}={Uri.EscapeDataString(p.Value)}"));
        return new UriBuilder(home) { Query = query }.Uri;
    }

    private static Uri Home(Uri address, string resource)
    {
        var path = string.Join('/', resource.Split('/').Select(Uri.EscapeDataString));
        return new UriBuilder(address) { Path = $"{address.AbsolutePath.TrimEnd('/')}/{path}" }.Uri;
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>The target of the first link whose relations have <c>next</c> (RFC 8288).</summary>
    private static string? NextLink(IReadOnlyList<string> links)
    {
        foreach (var header in links)
        {
            for (var at = header.IndexOf('<', StringComparison.Ordinal); at >= 0;)
            {
                var end = header.IndexOf('>', at);
                if (end < 0)
                {
                    break;
                }

                var following = header.IndexOf(",<", end, StringComparison.Ordinal) is var comma and >= 0
                    ? comma + 1
                    : header.IndexOf(", <", end, StringComparison.Ordinal) is var spaced and >= 0 ? spaced + 2 : -1;
                if (IsNext(following < 0 ? header[(end + 1)..] : header[(end + 1)..following]))
                {
                    return header[(at + 1)..end];
                }

                at = following;
            }
        }

        return null;
    }

    private static bool IsNext(string parameters) => parameters.Split(';').Any(p =>
        NameValueHeaderValue.TryParse(p.Trim().TrimEnd(','), out var pair) && pair.Name.Equals("rel", StringComparison.OrdinalIgnoreCase)
        && (pair.Value ?? "").Trim('"').Split(' ').Contains("next", StringComparer.OrdinalIgnoreCase));
}
