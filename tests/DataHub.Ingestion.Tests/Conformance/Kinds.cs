namespace DataHub.Ingestion.Tests.Conformance;

// Every kind and what it inherits; decision 0058 has the same as a table, with the reasons for what is not here.

public sealed class PostgresPublishingTests(PostgresKit kit) : BadTextConformance<PostgresKit>(kit);

public sealed class MariaPublishingTests(MariaKit kit) : PublishingConformance<MariaKit>(kit);

public sealed class SqlitePublishingTests(SqliteKit kit) : BadTextConformance<SqliteKit>(kit);

public sealed class CsvPublishingTests(CsvKit kit) : BadTextConformance<CsvKit>(kit);

public sealed class GzipPublishingTests(GzipKit kit) : BadTextConformance<GzipKit>(kit);

public sealed class ZipPublishingTests(ZipKit kit) : BadTextConformance<ZipKit>(kit);

public sealed class SftpPublishingTests(SftpKit kit) : BadTextConformance<SftpKit>(kit);

public sealed class ExcelPublishingTests(ExcelKit kit) : BadTextConformance<ExcelKit>(kit);

public sealed class ParquetPublishingTests(ParquetKit kit) : BadTextConformance<ParquetKit>(kit);

public sealed class RestPublishingTests(RestKit kit) : BadTextConformance<RestKit>(kit);

public sealed class PostgresStreamTests(PostgresKit kit) : StreamConformance<PostgresKit>(kit);

public sealed class MariaStreamTests(MariaKit kit) : StreamConformance<MariaKit>(kit);

public sealed class SqliteStreamTests(SqliteKit kit) : StreamConformance<SqliteKit>(kit);

public sealed class CsvStreamTests(CsvKit kit) : StreamConformance<CsvKit>(kit);

public sealed class GzipStreamTests(GzipKit kit) : StreamConformance<GzipKit>(kit);

public sealed class ZipStreamTests(ZipKit kit) : StreamConformance<ZipKit>(kit);

public sealed class SftpStreamTests(SftpKit kit) : StreamConformance<SftpKit>(kit);

public sealed class ExcelStreamTests(ExcelKit kit) : StreamConformance<ExcelKit>(kit);

public sealed class ParquetStreamTests(ParquetKit kit) : StreamConformance<ParquetKit>(kit);

public sealed class RestStreamTests(RestKit kit) : StreamConformance<RestKit>(kit);

public sealed class PostgresConnectionTests(PostgresKit kit) : ConnectionConformance<PostgresKit>(kit);

public sealed class MariaConnectionTests(MariaKit kit) : ConnectionConformance<MariaKit>(kit);

public sealed class SftpConnectionTests(SftpKit kit) : ConnectionConformance<SftpKit>(kit);

public sealed class RestConnectionTests(RestKit kit) : ConnectionConformance<RestKit>(kit);

public sealed class PostgresBackPressureTests(PostgresKit kit) : BackPressureConformance<PostgresKit>(kit);

public sealed class MariaBackPressureTests(MariaKit kit) : BackPressureConformance<MariaKit>(kit);

public sealed class RestBackPressureTests(RestKit kit) : BackPressureConformance<RestKit>(kit);

public sealed class PostgresWindowTests(PostgresKit kit) : WindowConformance<PostgresKit>(kit);

public sealed class MariaWindowTests(MariaKit kit) : WindowConformance<MariaKit>(kit);

public sealed class SqliteWindowTests(SqliteKit kit) : WindowConformance<SqliteKit>(kit);

public sealed class RestWindowTests(RestKit kit) : WindowConformance<RestKit>(kit);

public sealed class SqliteCutFileTests(SqliteKit kit) : CutFileConformance<SqliteKit>(kit);

public sealed class CsvCutFileTests(CsvKit kit) : CutFileConformance<CsvKit>(kit);

public sealed class GzipCutFileTests(GzipKit kit) : CutFileConformance<GzipKit>(kit);

public sealed class ZipCutFileTests(ZipKit kit) : CutFileConformance<ZipKit>(kit);

public sealed class SftpCutFileTests(SftpKit kit) : CutFileConformance<SftpKit>(kit);

public sealed class ExcelCutFileTests(ExcelKit kit) : CutFileConformance<ExcelKit>(kit);

public sealed class ParquetCutFileTests(ParquetKit kit) : CutFileConformance<ParquetKit>(kit);
