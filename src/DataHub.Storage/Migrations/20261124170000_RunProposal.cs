using DataHub.Storage.ControlPlane;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace DataHub.Storage.Migrations;

/// <summary>The contract that a run proposes which is held because its source's columns changed their types.</summary>
[DbContext(typeof(HubDb))]
[Migration("20261124170000_RunProposal")]
public sealed class RunProposal : Migration
{
    /// <inheritdoc />
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("ALTER TABLE hub.runs ADD COLUMN proposal jsonb");

    /// <inheritdoc />
    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("ALTER TABLE hub.runs DROP COLUMN proposal");
}
