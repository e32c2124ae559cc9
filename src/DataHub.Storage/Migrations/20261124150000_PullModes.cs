using DataHub.Storage.ControlPlane;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace DataHub.Storage.Migrations;

/// <summary>What a run was asked to read and did read, and where each published pull stood in its source.</summary>
[DbContext(typeof(HubDb))]
[Migration("20261124150000_PullModes")]
public sealed class PullModes : Migration
{
    /// <inheritdoc />
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        ALTER TABLE hub.runs
            ADD COLUMN pulled text, ADD COLUMN window_from text, ADD COLUMN window_to text, ADD COLUMN expect_removed bigint,
            ADD COLUMN accept_source boolean NOT NULL DEFAULT false, ADD COLUMN position jsonb;
        UPDATE hub.runs SET pulled = 'full' WHERE started_at IS NOT NULL;
        CREATE INDEX ix_runs_full ON hub.runs (dataset_id, finished_at) WHERE pulled = 'full' AND state IN ('published', 'unchanged');
        CREATE TABLE hub.watermarks (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            dataset_id integer NOT NULL REFERENCES hub.datasets (id) ON DELETE CASCADE,
            run_id bigint REFERENCES hub.runs (id) ON DELETE CASCADE,
            seq integer, position jsonb NOT NULL, set_by text, kept_at timestamptz NOT NULL DEFAULT now());
        CREATE INDEX ix_watermarks_dataset ON hub.watermarks (dataset_id, id);
        """);

    /// <inheritdoc />
    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        DROP TABLE hub.watermarks;
        ALTER TABLE hub.runs DROP COLUMN pulled, DROP COLUMN window_from, DROP COLUMN window_to, DROP COLUMN expect_removed,
            DROP COLUMN accept_source, DROP COLUMN position;
        """);
}
