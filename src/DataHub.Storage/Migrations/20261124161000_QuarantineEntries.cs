using DataHub.Storage.ControlPlane;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace DataHub.Storage.Migrations;

/// <summary>
/// Quarantine becomes a list of a dataset's open matters in place of a pile of each run's rejections, and versions say what made them. EF's model knows of it
/// what runs need; the rest is read and written by <c>Storage/Quarantine</c>.
/// </summary>
[DbContext(typeof(HubDb))]
[Migration("20261124161000_QuarantineEntries")]
public sealed class QuarantineEntries : Migration
{
    /// <inheritdoc />
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        ALTER TABLE hub.versions ADD COLUMN kind text NOT NULL DEFAULT 'refresh';
        ALTER TABLE hub.quarantine
            ADD COLUMN identity uuid NOT NULL DEFAULT gen_random_uuid(), ADD COLUMN key_digest uuid,
            ADD COLUMN status text NOT NULL DEFAULT 'open', ADD COLUMN seen integer NOT NULL DEFAULT 1,
            ADD COLUMN first_run_id bigint, ADD COLUMN first_seen timestamptz NOT NULL DEFAULT now(), ADD COLUMN last_seen timestamptz NOT NULL DEFAULT now(),
            ADD COLUMN seen_seq integer NOT NULL DEFAULT 0, ADD COLUMN contract_revision_id bigint, ADD COLUMN replayable boolean NOT NULL DEFAULT false,
            ADD COLUMN decided_by text, ADD COLUMN decided_at timestamptz, ADD COLUMN reason text, ADD COLUMN resolved_seq integer;
        UPDATE hub.quarantine q SET first_run_id = run_id, contract_revision_id = r.contract_revision_id,
            first_seen = coalesce(r.finished_at, r.requested_at), last_seen = coalesce(r.finished_at, r.requested_at)
            FROM hub.runs r WHERE r.id = q.run_id;
        ALTER TABLE hub.quarantine ALTER COLUMN status SET DEFAULT 'arriving', ALTER COLUMN protected_record DROP NOT NULL;
        CREATE UNIQUE INDEX ux_quarantine_identity ON hub.quarantine (dataset_id, identity) WHERE status <> 'arriving';
        CREATE INDEX ix_quarantine_arriving ON hub.quarantine (dataset_id, run_id) WHERE status = 'arriving';
        CREATE INDEX ix_quarantine_dataset ON hub.quarantine (dataset_id, id);
        CREATE INDEX ix_quarantine_open ON hub.quarantine (dataset_id, last_seen) WHERE status = 'open';
        CREATE INDEX ix_quarantine_kept ON hub.quarantine (last_seen) WHERE protected_record IS NOT NULL AND status <> 'arriving';
        CREATE TABLE hub.replay_items (
            run_id bigint NOT NULL REFERENCES hub.runs (id) ON DELETE CASCADE, entry_id bigint NOT NULL,
            protected_patch bytea, patched text[] NOT NULL, outcome text, violations jsonb, PRIMARY KEY (run_id, entry_id));
        """);

    /// <inheritdoc />
    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        DROP TABLE hub.replay_items;
        DELETE FROM hub.quarantine WHERE protected_record IS NULL;
        DROP INDEX hub.ux_quarantine_identity, hub.ix_quarantine_arriving, hub.ix_quarantine_dataset, hub.ix_quarantine_open, hub.ix_quarantine_kept;
        ALTER TABLE hub.quarantine ALTER COLUMN protected_record SET NOT NULL,
            DROP COLUMN identity, DROP COLUMN key_digest, DROP COLUMN status, DROP COLUMN seen, DROP COLUMN first_run_id, DROP COLUMN first_seen,
            DROP COLUMN last_seen, DROP COLUMN seen_seq, DROP COLUMN contract_revision_id, DROP COLUMN replayable, DROP COLUMN decided_by,
            DROP COLUMN decided_at, DROP COLUMN reason, DROP COLUMN resolved_seq;
        ALTER TABLE hub.versions DROP COLUMN kind;
        """);
}
