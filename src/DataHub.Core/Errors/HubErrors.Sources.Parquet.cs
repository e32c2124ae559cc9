namespace DataHub.Core.Errors;

/// <summary>Refusals of Parquet files.</summary>
public static partial class HubErrors
{
    private static readonly ErrorKind SourceParquetDamagedKind = new(
        "source_parquet_damaged", 422, ErrorOrigin.Source,
        new("Không đọc được tệp Parquet", "The Parquet file cannot be read"),
        new(
            "“{1}” của nguồn “{0}” không phải tệp Parquet nguyên vẹn (hỏng ở: {2}); không có gì được công bố.",
            "\"{1}\" of source \"{0}\" is no intact Parquet file (damaged at: {2}); nothing was published."),
        new(
            "Kiểm tra đúng là tệp Parquet và đã chép đủ dung lượng, rồi xuất và đưa lên lại.",
            "Check that it is a Parquet file and was copied whole, then export and deliver it again."));

    /// <summary>Another kind of file, cut off or altered.</summary>
    /// <param name="place">footer, or the row group and column.</param>
    public static HubError SourceParquetDamaged(string source, string file, string place) =>
        Make(SourceParquetDamagedKind, source, file, place);

    private static readonly ErrorKind SourceParquetEncryptedKind = new(
        "source_parquet_encrypted", 422, ErrorOrigin.Source,
        new("Tệp Parquet được mã hóa", "The Parquet file is encrypted"),
        new(
            "“{1}” của nguồn “{0}” được mã hóa (Parquet modular encryption); trục dữ liệu không giữ khóa của tệp.",
            "\"{1}\" of source \"{0}\" is encrypted (Parquet modular encryption); the hub keeps no keys of files."),
        new(
            "Xuất lại không mã hóa và bảo vệ đường truyền (SFTP, HTTPS) thay cho tệp.",
            "Export it without encryption and protect the way it takes (SFTP, HTTPS) in place of the file."));

    /// <summary>Its footer or some of its columns.</summary>
    public static HubError SourceParquetEncrypted(string source, string file) =>
        Make(SourceParquetEncryptedKind, source, file);

    private static readonly ErrorKind SourceParquetTooLargeKind = new(
        "source_parquet_too_large", 422, ErrorOrigin.Source,
        new("Tệp Parquet cần quá nhiều bộ nhớ", "The Parquet file needs too much memory"),
        new(
            "“{1}” của nguồn “{0}” cần {3} MiB bộ nhớ để đọc {2}, vượt giới hạn {4} MiB.",
            "\"{1}\" of source \"{0}\" needs {3} MiB of memory to read {2}, more than the limit of {4} MiB."),
        new(
            "Xuất lại với trang nhỏ hơn (data page size khoảng 1 MiB) hoặc nhóm dòng nhỏ hơn, hoặc chọn ít cột hơn trong hợp đồng.",
            "Export it with smaller pages (a data page size of about 1 MiB) or smaller row groups, or choose fewer columns in the contract."));

    /// <summary>By what the file declares, before anything of it is unpacked.</summary>
    public static HubError SourceParquetTooLarge(string source, string file, string place, long needed, long limit) =>
        Make(SourceParquetTooLargeKind, source, file, place, needed, limit);
}
