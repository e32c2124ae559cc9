using DataHub.Storage.ControlPlane;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace DataHub.Storage.Migrations;

/// <summary>What columns a dataset's source had at its last pull; EF's model does not know the table: <c>SourceColumnStore</c> reads and writes it.</summary>
[DbContext(typeof(HubDb))]
[Migration("20261124155000_SourceColumns")]
public sealed class SourceColumns : Migration
{
    /// <inheritdoc />
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        CREATE TABLE hub.source_columns (
            dataset_id integer PRIMARY KEY, contract_revision_id bigint NOT NULL, known text[] NOT NULL, absent text[] NOT NULL,
            run_id bigint NOT NULL)
        """);

    /// <inheritdoc />
    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("DROP TABLE hub.source_columns");
}
