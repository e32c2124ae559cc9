using Microsoft.EntityFrameworkCore.Migrations;

namespace DataHub.Storage.Migrations;

/// <summary>What the first migration needs beyond tables: the record schemas, the append-only ledger, change notices.</summary>
internal static class FoundationSql
{
    public static void Up(MigrationBuilder migration)
    {
        // store: published records, two tables a (dataset, major). work: what runs are busy with; nothing there is evidence.
        migration.Sql("CREATE SCHEMA store; CREATE SCHEMA work;");
        migration.Sql("""
            CREATE FUNCTION hub.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                RAISE EXCEPTION 'the ledger is append-only' USING ERRCODE = 'restrict_violation';
            END $$;
            CREATE TRIGGER ledger_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON hub.ledger
                FOR EACH STATEMENT EXECUTE FUNCTION hub.refuse_change();
            """);

        // Every node keeps access and catalogue in memory; whoever writes, all are told at commit.
        migration.Sql("""
            CREATE FUNCTION hub.notify_change() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                PERFORM pg_notify('hub_changes', TG_ARGV[0]);
                RETURN NULL;
            END $$;
            CREATE FUNCTION hub.notify_dataset() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                PERFORM pg_notify('hub_changes', 'dataset:' || (to_jsonb(NEW) ->> TG_ARGV[0]));
                RETURN NULL;
            END $$;
            CREATE FUNCTION hub.notify_run() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                PERFORM pg_notify('hub_changes', 'run:' || NEW.id);
                RETURN NULL;
            END $$;
            """);
        foreach (var table in new[] { "agencies", "clients", "agreements" })
        {
            migration.Sql($"""
                CREATE TRIGGER {table}_changed AFTER INSERT OR UPDATE OR DELETE ON hub.{table}
                    FOR EACH STATEMENT EXECUTE FUNCTION hub.notify_change('access');
                """);
        }

        foreach (var (table, id) in new[] { ("datasets", "id"), ("versions", "dataset_id"), ("store_pairs", "dataset_id") })
        {
            migration.Sql($"""
                CREATE TRIGGER {table}_changed AFTER INSERT OR UPDATE ON hub.{table}
                    FOR EACH ROW EXECUTE FUNCTION hub.notify_dataset('{id}');
                """);
        }

        migration.Sql("""
            CREATE TRIGGER runs_queued AFTER INSERT OR UPDATE OF state, cancel_requested ON hub.runs
                FOR EACH ROW EXECUTE FUNCTION hub.notify_run();
            """);
    }
}
