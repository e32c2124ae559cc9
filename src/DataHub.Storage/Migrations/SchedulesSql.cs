using Microsoft.EntityFrameworkCore.Migrations;

namespace DataHub.Storage.Migrations;

/// <summary>
/// Tables and triggers of schedules and notices. A publication marks who waits for it in its own transaction; a run that fails or is held, and a dataset that is
/// paused, leave their notice in the statement that says so, whoever writes it.
/// </summary>
internal static class SchedulesSql
{
    public static void Up(MigrationBuilder migration)
    {
        migration.Sql(Tables);
        migration.Sql(Publications);
        migration.Sql(Notices);
    }

    public static void Down(MigrationBuilder migration) => migration.Sql("""
        DROP TRIGGER datasets_paused_noticed ON hub.datasets;
        DROP TRIGGER runs_noticed ON hub.runs;
        DROP TRIGGER versions_awaited ON hub.versions;
        DROP FUNCTION hub.notice_pause, hub.notice_run, hub.note_publication;
        DROP TABLE hub.notices, hub.schedule_dependencies, hub.schedules;
        DROP INDEX hub.ux_runs_due, hub.ix_runs_late;
        ALTER TABLE hub.runs DROP due_at, DROP late_at, DROP cause, DROP estimated;
        DROP SCHEMA quartz CASCADE;
        """);

    private const string Tables = """
        ALTER TABLE hub.runs ADD due_at timestamptz, ADD late_at timestamptz, ADD cause jsonb, ADD estimated bigint;
        -- One run a due time, whatever any scheduler does.
        CREATE UNIQUE INDEX ux_runs_due ON hub.runs (dataset_id, due_at) WHERE due_at IS NOT NULL;
        CREATE INDEX ix_runs_late ON hub.runs (late_at) WHERE state = 'queued' AND late_at IS NOT NULL;

        CREATE TABLE hub.schedules (
            dataset_id int PRIMARY KEY REFERENCES hub.datasets (id) ON DELETE CASCADE,
            cron text,
            every_seconds bigint CHECK (every_seconds > 0),
            anchor timestamptz,
            time_zone text NOT NULL,
            mode text,
            enabled boolean NOT NULL,
            late_after_minutes int NOT NULL,
            next_due timestamptz,
            last jsonb,
            updated_by text NOT NULL,
            updated_at timestamptz NOT NULL,
            CHECK (num_nonnulls(cron, every_seconds) <= 1 AND num_nonnulls(every_seconds, anchor) <> 1));
        CREATE INDEX ix_schedules_due ON hub.schedules (next_due) WHERE next_due IS NOT NULL;

        CREATE TABLE hub.schedule_dependencies (
            dataset_id int NOT NULL REFERENCES hub.schedules (dataset_id) ON DELETE CASCADE,
            after_id int NOT NULL REFERENCES hub.datasets (id) ON DELETE CASCADE,
            pending_seq int,
            PRIMARY KEY (dataset_id, after_id));
        CREATE INDEX ix_schedule_dependencies_after ON hub.schedule_dependencies (after_id);
        CREATE INDEX ix_schedule_dependencies_pending ON hub.schedule_dependencies (dataset_id) WHERE pending_seq IS NOT NULL;

        CREATE SCHEMA quartz;
        """;

    private const string Publications = """
        CREATE FUNCTION hub.note_publication() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            UPDATE hub.schedule_dependencies d SET pending_seq = NEW.seq
            WHERE d.after_id = NEW.dataset_id AND EXISTS (SELECT FROM hub.schedules s WHERE s.dataset_id = d.dataset_id AND s.enabled);
            RETURN NULL;
        END $$;
        CREATE TRIGGER versions_awaited AFTER INSERT ON hub.versions FOR EACH ROW EXECUTE FUNCTION hub.note_publication();
        """;

    private const string Notices = """
        CREATE TABLE hub.notices (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            at timestamptz NOT NULL DEFAULT now(),
            kind text NOT NULL,
            dataset_id int NOT NULL REFERENCES hub.datasets (id) ON DELETE CASCADE,
            run_id bigint REFERENCES hub.runs (id) ON DELETE CASCADE,
            code text NOT NULL,
            vi text NOT NULL,
            en text NOT NULL,
            acknowledged_by text,
            acknowledged_at timestamptz);
        CREATE UNIQUE INDEX ux_notices_run ON hub.notices (run_id, kind) WHERE run_id IS NOT NULL;
        CREATE INDEX ix_notices_open ON hub.notices (id) WHERE acknowledged_at IS NULL;
        CREATE INDEX ix_notices_dataset ON hub.notices (dataset_id, id);

        CREATE FUNCTION hub.notice_run() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
            dataset text := (SELECT name FROM hub.datasets WHERE id = NEW.dataset_id);
        BEGIN
            IF NEW.state = 'failed' THEN
                INSERT INTO hub.notices (kind, dataset_id, run_id, code, vi, en) VALUES ('run_failed', NEW.dataset_id, NEW.id, coalesce(NEW.error ->> 'code', 'run_fault'),
                    format('Lần chạy %s của %s thất bại. %s %s', NEW.id, dataset, NEW.error ->> 'vi', NEW.error ->> 'hintVi'),
                    format('Run %s of %s failed. %s %s', NEW.id, dataset, NEW.error ->> 'en', NEW.error ->> 'hintEn'))
                ON CONFLICT DO NOTHING;
            ELSE
                INSERT INTO hub.notices (kind, dataset_id, run_id, code, vi, en) SELECT 'run_held', NEW.dataset_id, NEW.id, coalesce(min(h ->> 'code'), 'held'),
                    format('Lần chạy %s của %s được giữ lại chờ duyệt. %s', NEW.id, dataset, string_agg(h ->> 'vi', ' ')),
                    format('Run %s of %s is held for a decision. %s', NEW.id, dataset, string_agg(h ->> 'en', ' '))
                FROM jsonb_array_elements(CASE WHEN jsonb_typeof(NEW.holds) = 'array' THEN NEW.holds ELSE '[]' END) h
                ON CONFLICT DO NOTHING;
            END IF;
            RETURN NULL;
        END $$;
        CREATE TRIGGER runs_noticed AFTER UPDATE OF state ON hub.runs FOR EACH ROW
            WHEN (NEW.state IN ('failed', 'held') AND OLD.state <> NEW.state) EXECUTE FUNCTION hub.notice_run();

        CREATE FUNCTION hub.notice_pause() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            INSERT INTO hub.notices (kind, dataset_id, code, vi, en) VALUES ('dataset_paused', NEW.id, NEW.paused ->> 'code',
                format('Tập dữ liệu %s tạm dừng. %s', NEW.name, NEW.paused ->> 'vi'), format('Dataset %s is paused. %s', NEW.name, NEW.paused ->> 'en'));
            RETURN NULL;
        END $$;
        CREATE TRIGGER datasets_paused_noticed AFTER UPDATE OF paused ON hub.datasets FOR EACH ROW
            WHEN (NEW.paused IS NOT NULL AND OLD.paused IS NULL) EXECUTE FUNCTION hub.notice_pause();
        """;
}
