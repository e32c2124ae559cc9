using Microsoft.EntityFrameworkCore.Migrations;

namespace DataHub.Storage.Migrations;

/// <summary>
/// One row a dataset with what can be searched of its newest contract, folded (no accents, no case, đ = d). Triggers keep it in the statement that writes the
/// contract revision or the agency, whoever writes it.
/// </summary>
internal static class CatalogueSearchSql
{
    public static void Up(MigrationBuilder migration)
    {
        // Both are trusted: the owner of the database may create them. Where an administrator has put them into another schema, they are used there.
        migration.Sql("CREATE EXTENSION IF NOT EXISTS unaccent SCHEMA hub; CREATE EXTENSION IF NOT EXISTS pg_trgm SCHEMA hub;");
        migration.Sql(Functions);
        migration.Sql(Tables);
        migration.Sql(Triggers);
        migration.Sql("""
            SELECT hub.describe_datasets(ARRAY(SELECT d.contract_revision_id FROM hub.datasets d));
            """);
    }

    public static void Down(MigrationBuilder migration) => migration.Sql("""
        DROP TRIGGER contract_revisions_described ON hub.contract_revisions;
        DROP TRIGGER agencies_named ON hub.agencies;
        DROP TRIGGER agencies_renamed ON hub.agencies;
        DROP TABLE hub.dataset_search;
        DROP FUNCTION hub.describe_revisions, hub.name_providers, hub.describe_datasets, hub.contract_term, hub.search_document, hub.search_pattern,
            hub.resembles, hub.resemblance, hub.fold;
        """);

    // unaccent is STABLE because its dictionary could be changed; the hub's is not, so that this wrapper may be IMMUTABLE: the planner then folds a question once and
    // not once a row. The extensions' schema is written into the functions: the search path of a session says nothing here.
    private const string Functions = """
        DO $do$
        DECLARE
            unaccent text := (SELECT quote_ident(n.nspname) FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'unaccent');
            trgm text := (SELECT quote_ident(n.nspname) FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'pg_trgm');
        BEGIN
            EXECUTE format($f$
                CREATE FUNCTION hub.fold(text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
                    SELECT btrim(regexp_replace(lower(regexp_replace(
                        %1$s.unaccent('%1$s.unaccent'::regdictionary, normalize($1, NFC)), '[\u0300-\u036f]', '', 'g')), '\s+', ' ', 'g'))
                $$
                $f$, unaccent);
            -- STABLE and not more: it is inlined, so that the index is used (pg_trgm.word_similarity_threshold is the session's).
            EXECUTE format('CREATE FUNCTION hub.resembles(question text, document text) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS $$
                SELECT $1 OPERATOR(%1$s.<%%) $2 $$', trgm);
            EXECUTE format('CREATE FUNCTION hub.resemblance(question text, document text) RETURNS real LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
                SELECT %1$s.word_similarity($1, $2) $$', trgm);
        END $do$;

        -- As it is written, and once more by words alone, so that both ho_so and so are found in ma_ho_so; a space before every word.
        CREATE FUNCTION hub.search_document(text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
            SELECT ' ' || f || ' ' || CASE WHEN f ~ '[^[:alnum:] ]' THEN btrim(regexp_replace(f, '[^[:alnum:]]+', ' ', 'g')) || ' ' ELSE '' END
            FROM hub.fold($1) f
        $$;

        -- A word of a question for LIKE: anywhere, and the shortest (of one or two letters) at the beginning of a word. Its own wildcards are plain characters.
        CREATE FUNCTION hub.search_pattern(text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
            SELECT '%' || CASE WHEN f ~ '^[[:alnum:]]{1,2}$' THEN ' ' ELSE '' END
                || replace(replace(replace(f, '\', '\\'), '%', '\%'), '_', '\_') || '%'
            FROM hub.fold($1) f
        $$;

        -- A hub.* property of the contract, which may stand at the root or at its one object.
        CREATE FUNCTION hub.contract_term(document jsonb, term text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
            SELECT coalesce(
                jsonb_path_query_first(document, 'lax $.customProperties[*] ? (@.property == $term).value', jsonb_build_object('term', term)),
                jsonb_path_query_first(document, 'lax $.schema[0].customProperties[*] ? (@.property == $term).value', jsonb_build_object('term', term))) #>> '{}'
        $$;
        """;

    private const string Tables = """
        CREATE TABLE hub.dataset_search (
            dataset_id int PRIMARY KEY REFERENCES hub.datasets ON DELETE CASCADE,
            provider text NOT NULL,
            title text NOT NULL,
            body text NOT NULL,
            provider_name text NOT NULL,
            columns text NOT NULL,
            document text NOT NULL GENERATED ALWAYS AS (title || body || provider_name || columns) STORED);
        CREATE INDEX ix_dataset_search_provider ON hub.dataset_search (provider);
        DO $do$ BEGIN
            EXECUTE format('CREATE INDEX ix_dataset_search_document ON hub.dataset_search USING gin (document %s.gin_trgm_ops)',
                (SELECT quote_ident(n.nspname) FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'pg_trgm'));
        END $do$;
        """;

    private const string Triggers = """
        CREATE FUNCTION hub.describe_datasets(revisions bigint[]) RETURNS void LANGUAGE sql AS $$
            INSERT INTO hub.dataset_search AS s (dataset_id, provider, title, body, provider_name, columns)
            SELECT DISTINCT ON (r.dataset_id) r.dataset_id, t.provider,
                hub.search_document(concat_ws(' ', d.name, nullif(t.item ->> 'businessName', d.name))),
                hub.search_document(concat_ws(' ', t.item ->> 'description', r.document -> 'description' ->> 'purpose', r.document ->> 'domain', t.provider,
                    hub.contract_term(r.document, 'hub.purpose'), hub.contract_term(r.document, 'hub.contact'),
                    (SELECT string_agg(tag, ' ') FROM jsonb_path_query(r.document, 'lax $.tags[*]') g(j), LATERAL (SELECT j #>> '{}') AS x(tag)),
                    (SELECT string_agg(tag, ' ') FROM jsonb_path_query(t.item, 'lax $.tags[*]') g(j), LATERAL (SELECT j #>> '{}') AS x(tag)))),
                hub.search_document(coalesce((SELECT concat_ws(' ', a.name, a.name_en) FROM hub.agencies a WHERE a.code = t.provider), '')),
                hub.search_document(coalesce((SELECT string_agg(concat_ws(' ', c ->> 'name', c ->> 'businessName'), ' ')
                    FROM jsonb_path_query(t.item, 'lax $.properties[*]') c), ''))
            FROM hub.contract_revisions r
            JOIN hub.datasets d ON d.id = r.dataset_id
            CROSS JOIN LATERAL (SELECT r.document -> 'schema' -> 0 AS item, coalesce(hub.contract_term(r.document, 'hub.provider'), '') AS provider) t
            WHERE r.id = ANY (revisions)
            ORDER BY r.dataset_id, r.id DESC
            ON CONFLICT (dataset_id) DO UPDATE SET provider = excluded.provider, title = excluded.title, body = excluded.body,
                provider_name = excluded.provider_name, columns = excluded.columns
        $$;

        CREATE FUNCTION hub.describe_revisions() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            PERFORM hub.describe_datasets(ARRAY(SELECT id FROM added));
            RETURN NULL;
        END $$;
        CREATE TRIGGER contract_revisions_described AFTER INSERT ON hub.contract_revisions REFERENCING NEW TABLE AS added
            FOR EACH STATEMENT EXECUTE FUNCTION hub.describe_revisions();

        CREATE FUNCTION hub.name_providers() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            UPDATE hub.dataset_search s SET provider_name = hub.search_document(concat_ws(' ', a.name, a.name_en)) FROM named a WHERE a.code = s.provider;
            RETURN NULL;
        END $$;
        CREATE TRIGGER agencies_named AFTER INSERT ON hub.agencies REFERENCING NEW TABLE AS named
            FOR EACH STATEMENT EXECUTE FUNCTION hub.name_providers();
        CREATE TRIGGER agencies_renamed AFTER UPDATE ON hub.agencies REFERENCING NEW TABLE AS named
            FOR EACH STATEMENT EXECUTE FUNCTION hub.name_providers();
        """;
}
