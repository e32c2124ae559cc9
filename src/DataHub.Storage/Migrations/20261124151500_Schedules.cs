using DataHub.Storage.ControlPlane;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace DataHub.Storage.Migrations;

/// <summary>Schedules of datasets, what a run was due for, notices of what somebody should look at, and the schema in which Quartz keeps its own tables.</summary>
[DbContext(typeof(HubDb))]
[Migration("20261124151500_Schedules")]
public sealed class Schedules : Migration
{
    /// <inheritdoc />
    protected override void Up(MigrationBuilder migrationBuilder) => SchedulesSql.Up(migrationBuilder);

    /// <inheritdoc />
    protected override void Down(MigrationBuilder migrationBuilder) => SchedulesSql.Down(migrationBuilder);
}
