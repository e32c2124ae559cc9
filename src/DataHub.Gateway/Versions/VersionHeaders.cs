using System.Globalization;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using DataHub.Core.Contracts;
using DataHub.Gateway.Records;
using DataHub.Storage.Catalogue;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace DataHub.Gateway.Versions;

/// <summary>The headers of every read: which version, how fresh, how long it may be kept.</summary>
internal static class VersionHeaders
{
    // What is the same in every answer of a version, as long as the version is kept in memory.
    private static readonly ConditionalWeakTable<VersionEntry, Texts> Known = [];

    /// <summary>Writes them and the entity tag of <paramref name="question"/>; true when the caller has that answer already (304).</summary>
    public static bool Write(HttpContext context, ReadRequest request, DataContract contract, string question)
    {
        var headers = context.Response.Headers;
        var (dataset, version) = (request.Dataset, request.Version);
        var texts = Known.GetValue(version, _ => new Texts(dataset.Name, version, contract));
        headers["Dataset-Version"] = version.Label;
        headers["Dataset-Seq"] = texts.Seq;
        headers["Contract-Version"] = texts.Contract;
        headers["Data-As-Of"] = texts.AsOf;
        headers.Link = texts.Links;
        if (request.IsMoving)
        {
            headers.ContentLocation = FixedAddress(context, version.Seq);
            if (dataset.CheckedAt is { } checkedAt)
            {
                headers["Data-Checked-At"] = Moment(checkedAt);
            }
        }

        return WriteCaching(context, request, question);
    }

    /// <summary>The address of this call with the version's number in place of a moving reference.</summary>
    public static string FixedAddress(HttpContext context, int seq)
    {
        var path = context.Request.Path.ToUriComponent();
        var at = path.IndexOf("/versions/", StringComparison.Ordinal);
        var end = path.IndexOf('/', at + "/versions/".Length);
        return string.Create(CultureInfo.InvariantCulture, $"{path[..at]}/versions/{seq}{(end < 0 ? "" : path[end..])}{context.Request.QueryString}");
    }

    private static bool WriteCaching(HttpContext context, ReadRequest request, string question)
    {
        var headers = context.Response.Headers;
        headers.Vary = "Authorization, Accept, Accept-Encoding, Accept-Language, Data-Purpose";
        if (request.Permission.AnyPersonal || HttpMethods.IsPost(context.Request.Method))
        {
            // A cache knows a POST by its address alone; what was asked stands in its body.
            headers.CacheControl = "no-store";
            return false;
        }

        var columns = string.Join(',', request.Permission.Columns.Select(c => c.Name));
        var identity = string.Create(CultureInfo.InvariantCulture,
            $"{request.Dataset.Id}\n{request.Version.Seq}\n{request.Permission.Revision}\n{columns}\n{context.Request.Path}\n{question}");
        var tag = $"\"{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(identity)).AsSpan(0, 16))}\"";
        headers.ETag = tag;
        headers.CacheControl = request.IsMoving ? "no-cache" : request.Permission.IsOpen ? "public, max-age=86400" : "private, no-cache";
        return Matches(context.Request.Headers.IfNoneMatch, tag);
    }

    // RFC 9110 13.1.2: weak comparison, a list, or *.
    public static bool Matches(IEnumerable<string?> ifNoneMatch, string tag) => ifNoneMatch
        .SelectMany(h => (h ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        .Any(t => t == "*" || t == tag || t == "W/" + tag);

    private sealed class Texts(string dataset, VersionEntry version, DataContract contract)
    {
        public string Seq { get; } = version.Seq.ToString(CultureInfo.InvariantCulture);

        public string Contract { get; } = contract.Version.ToString();

        public string AsOf { get; } = Moment(version.AsOf);

        public StringValues Links { get; } = new([
            $"<{GatewayEndpoints.BasePath}/datasets/{dataset}/contract>; rel=\"describedby\"",
            $"<{GatewayEndpoints.BasePath}/datasets/{dataset}/versions>; rel=\"version-history\"",
            $"<{GatewayEndpoints.BasePath}/datasets/{dataset}/versions/latest>; rel=\"latest-version\"",
        ]);
    }

    private static string Moment(DateTimeOffset moment) =>
        moment.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFF'Z'", CultureInfo.InvariantCulture);
}
