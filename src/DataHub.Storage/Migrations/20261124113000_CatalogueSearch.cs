using DataHub.Storage.ControlPlane;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace DataHub.Storage.Migrations;

/// <summary>The catalogue's search documents. All of it is SQL that EF's model does not know, so that no model stands beside it.</summary>
[DbContext(typeof(HubDb))]
[Migration("20261124113000_CatalogueSearch")]
public sealed class CatalogueSearch : Migration
{
    /// <inheritdoc />
    protected override void Up(MigrationBuilder migrationBuilder) => CatalogueSearchSql.Up(migrationBuilder);

    /// <inheritdoc />
    protected override void Down(MigrationBuilder migrationBuilder) => CatalogueSearchSql.Down(migrationBuilder);
}
