using DataHub.Core.Errors;
using DataHub.Core.Records;

namespace DataHub.Ingestion.Sources.Csv;

/// <summary>Why a whole record of a CSV file is quarantined.</summary>
internal enum CsvRecordFault { None, FieldCount, Quote, FieldTooLarge, Escape, Nul, Encoding }

/// <summary>The violations of CSV records, with their texts.</summary>
internal static class CsvBroken
{
    public static BrokenRecord Of(CsvRecordFault fault, long line, string raw, int expected, int actual) =>
        new(line, Code(fault), Message(fault, line, expected, actual), raw);

    private static string Code(CsvRecordFault fault) => fault switch
    {
        CsvRecordFault.FieldCount => "csv_field_count",
        CsvRecordFault.Quote => "csv_quote",
        CsvRecordFault.FieldTooLarge => "csv_field_too_large",
        CsvRecordFault.Escape => "csv_escape",
        CsvRecordFault.Nul => "csv_nul",
        _ => "csv_encoding",
    };

    private static Text Message(CsvRecordFault fault, long line, int expected, int actual) => fault switch
    {
        CsvRecordFault.FieldCount => new(
            $"Dòng {line} có {actual} trường, phải có {expected}.",
            $"Line {line} has {actual} fields, {expected} are due."),
        CsvRecordFault.Quote => new(
            $"Dòng {line}: dấu ngoặc đặt sai chỗ hoặc không đóng.",
            $"Line {line}: a quote stands where none may, or is not closed."),
        CsvRecordFault.FieldTooLarge => new(
            $"Dòng {line}: trường thứ {actual + 1} vượt quá độ dài cho phép.",
            $"Line {line}: field {actual + 1} is longer than allowed."),
        CsvRecordFault.Escape => new(
            $"Dòng {line}: ký tự thoát đứng trước một ký tự không có nghĩa riêng.",
            $"Line {line}: an escape stands before a character without a meaning of its own."),
        CsvRecordFault.Nul => new(
            $"Dòng {line} chứa ký tự NUL.",
            $"Line {line} contains a NUL character."),
        _ => new(
            $"Dòng {line} có byte không hợp lệ trong bảng mã đã khai báo.",
            $"Line {line} has bytes that are not valid in the declared encoding."),
    };
}
