using DataHub.Core.Errors;

namespace DataHub.Core.Validation;

/// <summary>Why a record was rejected: one rule of one column, in plain words. Never carries the value itself.</summary>
/// <param name="Column">Column name, or null when it concerns the whole record.</param>
/// <param name="Code">Stable, snake_case; listed in <see cref="ViolationCodes"/>.</param>
/// <param name="Message">In both languages.</param>
public sealed record Violation(string? Column, string Code, Text Message)
{
    /// <summary>Several different records of a pull have this record's key.</summary>
    public static Violation DuplicateKey { get; } = new(null, ViolationCodes.DuplicateKey,
        new("Có nhiều bản ghi khác nhau cùng một khóa; tất cả đều bị từ chối để không chọn nhầm.",
            "Several different records have this key; all are rejected, so that none is chosen by guess."));

    /// <summary>A record of a dataset that only grows is not what was published of its key.</summary>
    public static Violation RecordChanged { get; } = new(null, ViolationCodes.RecordChanged,
        new("Bản ghi đã công bố của khóa này có nội dung khác; tập dữ liệu chỉ nhận bản ghi mới (append).",
            "The published record of this key is different; the dataset only takes new records (append)."));
}

/// <summary>The rules a record can break.</summary>
public static class ViolationCodes
{
    public const string Required = "required";
    public const string KeyMissing = "key_missing";
    public const string TypeMismatch = "type_mismatch";
    public const string NumberTooLarge = "number_too_large";
    public const string ScaleExceeded = "scale_exceeded";
    public const string NotFinite = "not_finite";
    public const string ZeroDate = "zero_date";
    public const string LocalTimeInvalid = "local_time_invalid";
    public const string TextInvalid = "text_invalid";
    public const string TooShort = "too_short";
    public const string TooLong = "too_long";
    public const string PatternMismatch = "pattern_mismatch";
    public const string BelowMinimum = "below_minimum";
    public const string AboveMaximum = "above_maximum";
    public const string NotAllowed = "not_allowed";
    public const string DuplicateKey = "duplicate_key";
    public const string ValueTooLarge = "value_too_large";
    public const string RecordChanged = "record_changed";
}

/// <summary>Makes violations with their words.</summary>
internal static class Violations
{
    public static Violation Required(string column) => new(column, ViolationCodes.Required,
        new($"Cột {column} bắt buộc phải có giá trị.", $"Column {column} must have a value."));

    public static Violation KeyMissing(string column) => new(column, ViolationCodes.KeyMissing,
        new($"Cột khóa {column} không có giá trị.", $"Key column {column} has no value."));

    public static Violation Type(string column, string type) => new(column, ViolationCodes.TypeMismatch,
        new($"Giá trị của cột {column} không đọc được theo kiểu {type} đã khai báo.",
            $"The value of column {column} cannot be read as the declared type {type}."));

    public static Violation TooLarge(string column, string type) => new(column, ViolationCodes.NumberTooLarge,
        new($"Giá trị trong cột {column} vượt quá giới hạn của kiểu {type}.",
            $"The value in column {column} is outside the range of {type}."));

    public static Violation Scale(string column, int scale) => new(column, ViolationCodes.ScaleExceeded,
        new($"Số trong cột {column} có nhiều hơn {scale} chữ số thập phân; hệ thống không tự làm tròn.",
            $"The number in column {column} has more than {scale} decimal places; nothing is rounded silently."));

    public static Violation NotFinite(string column) => new(column, ViolationCodes.NotFinite,
        new($"Cột {column} chứa giá trị vô hạn hoặc không phải số.", $"Column {column} holds infinity or not-a-number."));

    public static Violation ZeroDate(string column) => new(column, ViolationCodes.ZeroDate,
        new($"Cột {column} chứa ngày 0000-00-00; hợp đồng không cho phép coi là trống.",
            $"Column {column} holds a zero date, which the contract does not allow to mean null."));

    public static Violation LocalTime(string column, string zone) => new(column, ViolationCodes.LocalTimeInvalid,
        new($"Thời điểm trong cột {column} không tồn tại hoặc không xác định trong múi giờ {zone}.",
            $"The time in column {column} does not exist or is ambiguous in zone {zone}."));

    public static Violation TextInvalid(string column) => new(column, ViolationCodes.TextInvalid,
        new($"Văn bản trong cột {column} chứa ký tự NUL hoặc byte không thuộc UTF-8.",
            $"The text of column {column} holds a NUL character or bytes that are not UTF-8."));

    public static Violation TooShort(string column, int minimum, int length) => new(column, ViolationCodes.TooShort,
        new($"Cột {column} phải có ít nhất {minimum} ký tự; giá trị có {length}.",
            $"Column {column} needs at least {minimum} characters; the value has {length}."));

    public static Violation TooLong(string column, int maximum, int length) => new(column, ViolationCodes.TooLong,
        new($"Cột {column} có tối đa {maximum} ký tự; giá trị có {length}.",
            $"Column {column} takes at most {maximum} characters; the value has {length}."));

    public static Violation Pattern(string column, string pattern) => new(column, ViolationCodes.PatternMismatch,
        new($"Giá trị của cột {column} không khớp mẫu {pattern}.", $"The value of column {column} does not match the pattern {pattern}."));

    public static Violation BelowMinimum(string column, string bound) => new(column, ViolationCodes.BelowMinimum,
        new($"Giá trị của cột {column} nhỏ hơn giới hạn dưới {bound}.", $"The value of column {column} is below its lower bound {bound}."));

    public static Violation AboveMaximum(string column, string bound) => new(column, ViolationCodes.AboveMaximum,
        new($"Giá trị của cột {column} lớn hơn giới hạn trên {bound}.", $"The value of column {column} is above its upper bound {bound}."));

    public static Violation NotAllowed(string column, int count) => new(column, ViolationCodes.NotAllowed,
        new($"Giá trị của cột {column} không nằm trong danh sách {count} giá trị cho phép.",
            $"The value of column {column} is not one of its {count} allowed values."));

    public static Violation ValueTooLarge(string column, int maximum) => new(column, ViolationCodes.ValueTooLarge,
        new($"Giá trị của cột {column} dài hơn {maximum} byte, giới hạn của cột khóa và cột có chỉ mục.",
            $"The value of column {column} is longer than {maximum} bytes, the limit of key columns and of columns with an index."));
}
