using System.Text.Json;

namespace DataHub.Ingestion.Sources.Rest;

/// <summary>Where a reader stands in a document outside its records: the names and indexes from the root.</summary>
internal sealed class RestPlace
{
    private readonly List<(bool IsArray, int Index, string? Name)> steps = [];

    /// <summary>Moves by one token; true when a value, or the beginning of one, stands here now.</summary>
    public bool Move(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.PropertyName:
                steps[^1] = (false, 0, reader.GetString());
                return false;
            case JsonTokenType.EndObject or JsonTokenType.EndArray:
                steps.RemoveAt(steps.Count - 1);
                return false;
            default:
                if (steps.Count > 0 && steps[^1].IsArray)
                {
                    steps[^1] = (true, steps[^1].Index + 1, null);
                }

                return true;
        }
    }

    /// <summary>Goes into the object or array that the reader stands on.</summary>
    public void Enter(bool isArray) => steps.Add((isArray, -1, null));

    public bool Is(IReadOnlyList<string> pointer)
    {
        if (pointer.Count != steps.Count)
        {
            return false;
        }

        for (var i = 0; i < steps.Count; i++)
        {
            var (isArray, index, name) = steps[i];
            if (isArray ? !int.TryParse(pointer[i], out var wanted) || wanted != index : name != pointer[i])
            {
                return false;
            }
        }

        return true;
    }
}
