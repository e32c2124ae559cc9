using DataHub.Storage.ControlPlane;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace DataHub.Storage.Migrations;

/// <summary>A dataset may be paused; null is the ordinary state. EF's model does not know the column: <c>DatasetPauses</c> reads and writes it.</summary>
[DbContext(typeof(HubDb))]
[Migration("20261124150500_DatasetPause")]
public sealed class DatasetPause : Migration
{
    /// <inheritdoc />
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("ALTER TABLE hub.datasets ADD paused jsonb");

    /// <inheritdoc />
    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("ALTER TABLE hub.datasets DROP paused");
}
