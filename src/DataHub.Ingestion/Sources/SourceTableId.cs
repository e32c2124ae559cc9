using System.Buffers.Text;
using System.Text;

namespace DataHub.Ingestion.Sources;

/// <summary>
/// The opaque id that a table listing gives: base64url of the name's UTF-8, so that any name is safe in a path segment.
/// </summary>
public static class SourceTableId
{
    /// <summary>The id of a table or file name.</summary>
    public static string From(string name) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(name));

    /// <summary>The name behind an id; false when the text is no id that <see cref="From"/> could have made.</summary>
    public static bool TryDecode(string id, out string name)
    {
        name = "";
        if (id.Length == 0 || !Base64Url.IsValid(id))
        {
            return false;
        }

        name = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(id));
        return From(name) == id;
    }
}
