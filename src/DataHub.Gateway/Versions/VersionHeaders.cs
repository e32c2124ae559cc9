using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using DataHub.Core.Contracts;
using DataHub.Gateway.Records;
using Microsoft.AspNetCore.Http;

namespace DataHub.Gateway.Versions;

/// <summary>The headers of every read: which version, how fresh, how long it may be kept.</summary>
internal static class VersionHeaders
{
    /// <summary>Writes them and the entity tag of <paramref name="question"/>; true when the caller has that answer already (304).</summary>
    public static bool Write(HttpContext context, ReadRequest request, DataContract contract, string question)
    {
        var headers = context.Response.Headers;
        var (dataset, version) = (request.Dataset, request.Version);
        var versions = $"{GatewayEndpoints.BasePath}/datasets/{dataset.Name}/versions";
        headers["Dataset-Version"] = version.Label;
        headers["Dataset-Seq"] = version.Seq.ToString(CultureInfo.InvariantCulture);
        headers["Contract-Version"] = contract.Version.ToString();
        headers["Data-As-Of"] = Moment(version.AsOf);
        headers.Link = new([
            $"<{GatewayEndpoints.BasePath}/datasets/{dataset.Name}/contract>; rel=\"describedby\"",
            $"<{versions}>; rel=\"version-history\"",
            $"<{versions}/latest>; rel=\"latest-version\"",
        ]);
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

    private static string Moment(DateTimeOffset moment) =>
        moment.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFF'Z'", CultureInfo.InvariantCulture);
}
