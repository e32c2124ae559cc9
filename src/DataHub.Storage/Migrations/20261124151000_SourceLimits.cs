using DataHub.Storage.ControlPlane;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace DataHub.Storage.Migrations;

/// <summary>
/// When and how much a source may be asked. Zones, days and minutes are judged by <c>hub.blackout_until</c>, so that claiming stays one question to the store; and the
/// indexes by which open runs, a dataset's newest runs and runs of a state are found whatever history lies behind them.
/// </summary>
[DbContext(typeof(HubDb))]
[Migration("20261124151000_SourceLimits")]
public sealed class SourceLimits : Migration
{
    /// <inheritdoc />
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        CREATE TABLE hub.source_limits (
            source_id text PRIMARY KEY REFERENCES hub.sources (id) ON DELETE CASCADE,
            max_runs int CHECK (max_runs > 0),
            runs_per_hour int CHECK (runs_per_hour > 0),
            hour_began timestamptz NOT NULL DEFAULT '-infinity',
            hour_runs int NOT NULL DEFAULT 0,
            pacing jsonb NOT NULL DEFAULT '{}');
        CREATE TABLE hub.source_blackouts (
            source_id text NOT NULL REFERENCES hub.source_limits (source_id) ON DELETE CASCADE,
            place int NOT NULL,
            time_zone text NOT NULL,
            days int[] NOT NULL,
            from_minute int NOT NULL,
            until_minute int NOT NULL,
            PRIMARY KEY (source_id, place));

        -- A window may have begun yesterday. It is compared on the wall clock of its zone, its end is an instant.
        CREATE FUNCTION hub.blackout_until(source text, at timestamptz) RETURNS timestamptz LANGUAGE sql STABLE AS $$
            SELECT max(w.ends AT TIME ZONE b.time_zone)
            FROM hub.source_blackouts b
            CROSS JOIN LATERAL (SELECT $2 AT TIME ZONE b.time_zone AS wall) l
            CROSS JOIN LATERAL (SELECT l.wall::date - d AS day FROM (VALUES (0), (1)) v(d)) c
            CROSS JOIN LATERAL (SELECT c.day + make_interval(mins => b.from_minute) AS begins,
                c.day + make_interval(mins => b.until_minute + CASE WHEN b.until_minute <= b.from_minute THEN 1440 ELSE 0 END) AS ends) w
            WHERE b.source_id = $1 AND extract(isodow FROM c.day)::int = ANY (b.days) AND l.wall >= w.begins AND l.wall < w.ends
        $$;

        DROP INDEX hub.ix_runs_lease_until;
        CREATE INDEX ix_runs_open ON hub.runs (id) WHERE state IN ('queued', 'running');
        CREATE INDEX ix_runs_dataset_newest ON hub.runs (dataset_id, id);
        CREATE INDEX ix_runs_state_newest ON hub.runs (state, id);
        """);

    /// <inheritdoc />
    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        DROP INDEX hub.ix_runs_open, hub.ix_runs_dataset_newest, hub.ix_runs_state_newest;
        CREATE INDEX ix_runs_lease_until ON hub.runs (lease_until) WHERE state IN ('queued', 'running');
        DROP FUNCTION hub.blackout_until;
        DROP TABLE hub.source_blackouts, hub.source_limits;
        """);
}
