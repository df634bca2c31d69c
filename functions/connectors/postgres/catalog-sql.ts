/** SQL condition: the schema belongs to PostgreSQL itself. */
const SYSTEM = (column: string): string => `${column} ~ '^(pg_|information_schema$)'`;
/**
 * SQL condition: the object belongs to an extension. PostGIS, for one, lets everybody read its table of projections.
 */
const OF_EXTENSION = (oid: string): string =>
  `EXISTS (SELECT FROM pg_depend d WHERE d.objid = ${oid} AND d.deptype = 'e')`;
/** SQL condition: everybody had the privilege when the server or the extension was set up; source: PostgreSQL's catalog pg_init_privs. */
const AT_FIRST = (catalog: string, oid: string, privilege: string, column = "0"): string =>
  `EXISTS (SELECT FROM pg_init_privs i, aclexplode(i.initprivs) f
            WHERE i.classoid = ${catalog} AND i.objoid = ${oid} AND i.objsubid = ${column} AND f.grantee = 0 AND f.privilege_type = ${privilege})`;
/** Databases of managed services, which the service's own rules close to everybody. */
const PROVIDERS = "'rdsadmin', 'cloudsqladmin', 'azure_maintenance', 'azure_sys'";

/**
 * Lists rights of everybody, which each issued login has beside its own, with the statement that revokes each right. A
 * database without rows is safe for issuing logins.
 */
export const PUBLIC_RISKS = `
SELECT format('everybody may use %s in the database', a.privilege_type) AS problem,
       format('REVOKE %s ON DATABASE %I FROM PUBLIC;', a.privilege_type, d.datname) AS mend
  FROM pg_database d, aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a
 WHERE a.grantee = 0 AND d.datname = current_database() AND a.privilege_type IN ('TEMPORARY', 'CREATE')
UNION ALL
SELECT format('everybody may connect to the database %I of the same server', d.datname),
       format('REVOKE CONNECT ON DATABASE %I FROM PUBLIC;', d.datname)
  FROM pg_database d, aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a
 WHERE a.grantee = 0 AND d.datname <> current_database() AND d.datallowconn AND a.privilege_type = 'CONNECT'
   AND d.datname NOT IN (${PROVIDERS})
UNION ALL
SELECT format('everybody may create in the schema %I', n.nspname), format('REVOKE CREATE ON SCHEMA %I FROM PUBLIC;', n.nspname)
  FROM pg_namespace n, aclexplode(n.nspacl) a
 WHERE a.grantee = 0 AND a.privilege_type = 'CREATE'
UNION ALL
SELECT DISTINCT format('everybody has privileges on %I.%I', n.nspname, c.relname),
       format('REVOKE ALL ON %s%I.%I FROM PUBLIC;', CASE c.relkind WHEN 'S' THEN 'SEQUENCE ' ELSE '' END, n.nspname, c.relname)
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE NOT ${SYSTEM("n.nspname")} AND NOT ${OF_EXTENSION("c.oid")}
   AND (EXISTS (SELECT FROM aclexplode(c.relacl) a WHERE a.grantee = 0)
     OR EXISTS (SELECT FROM pg_attribute t, aclexplode(t.attacl) a WHERE t.attrelid = c.oid AND a.grantee = 0))
UNION ALL
SELECT format('everybody may call %s, which runs with the rights of %I', p.oid::regprocedure, r.rolname),
       format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC;', p.oid::regprocedure)
  FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace JOIN pg_roles r ON r.oid = p.proowner,
       aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
 WHERE p.prosecdef AND a.grantee = 0 AND NOT ${SYSTEM("n.nspname")} AND NOT ${OF_EXTENSION("p.oid")}
UNION ALL
SELECT DISTINCT format('everybody has privileges on %I.%I, which PostgreSQL keeps from everybody', n.nspname, c.relname),
       format('REVOKE ALL ON %I.%I FROM PUBLIC;', n.nspname, c.relname)
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace,
       LATERAL (SELECT 0 AS place, e.* FROM aclexplode(c.relacl) e
                 UNION ALL
                SELECT t.attnum, e.* FROM pg_attribute t, aclexplode(t.attacl) e WHERE t.attrelid = c.oid) a
 WHERE n.nspname = 'pg_catalog' AND a.grantee = 0 AND NOT ${AT_FIRST("'pg_class'::regclass", "c.oid", "a.privilege_type", "a.place")}
UNION ALL
SELECT format('everybody may call %s, which PostgreSQL keeps from everybody', p.oid::regprocedure),
       format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC;', p.oid::regprocedure)
  FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace, aclexplode(p.proacl) a
 WHERE n.nspname = 'pg_catalog' AND a.grantee = 0
   AND EXISTS (SELECT FROM pg_init_privs i WHERE i.classoid = 'pg_proc'::regclass AND i.objoid = p.oid)
   AND NOT ${AT_FIRST("'pg_proc'::regclass", "p.oid", "a.privilege_type")}
UNION ALL
SELECT format('everybody may use the large object %s', l.oid), format('REVOKE ALL ON LARGE OBJECT %s FROM PUBLIC;', l.oid)
  FROM pg_largeobject_metadata l, aclexplode(l.lomacl) a
 WHERE a.grantee = 0
UNION ALL
SELECT 'everybody may use every large object (lo_compat_privileges is on)', format('ALTER DATABASE %I SET lo_compat_privileges = off;', current_database())
 WHERE current_setting('lo_compat_privileges')::boolean
 LIMIT 20`;

/**
 * Lists functions of extensions that everybody may call and that run with their owner's rights. A person has to judge
 * them: many extensions bring harmless ones, so they block no login.
 */
export const EXTENSION_FUNCTIONS = `
SELECT format('everybody may call %s of an extension, which runs with the rights of %I: no fault if it is harmless', p.oid::regprocedure, r.rolname) AS problem,
       format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC;', p.oid::regprocedure) AS mend
  FROM pg_proc p JOIN pg_roles r ON r.oid = p.proowner, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
 WHERE p.prosecdef AND a.grantee = 0 AND ${OF_EXTENSION("p.oid")}
 LIMIT 20`;

/**
 * Lists sessions without a login, which the server let in while the login was being dropped. Such a session can do
 * nothing but stay connected.
 */
export const ORPHANED = `
SELECT format('the session %s outlived its login', pid) AS problem, format('SELECT pg_terminate_backend(%s);', pid) AS mend
  FROM pg_stat_activity a
 WHERE a.usesysid IS NOT NULL AND NOT EXISTS (SELECT FROM pg_roles r WHERE r.oid = a.usesysid)
 LIMIT 20`;

/**
 * Returns one row: the index of the first missing table and of the first table that lacks a column; whether the login
 * exists; the number of risks. $1: `[{"schema": "public", "name": "orders", "columns": ["id"]}]`; $2: the login.
 */
export const CHECK = `
WITH asked AS (
  SELECT t.n - 1 AS n, t.item ->> 'schema' AS schema, t.item ->> 'name' AS name, t.item -> 'columns' AS columns
    FROM jsonb_array_elements($1::jsonb) WITH ORDINALITY AS t(item, n)
), known AS (
  SELECT a.n, a.columns, c.oid
    FROM asked a
    LEFT JOIN (pg_class c JOIN pg_namespace s ON s.oid = c.relnamespace)
      ON s.nspname::text = a.schema AND c.relname::text = a.name AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
)
SELECT (SELECT min(n)::int FROM known WHERE oid IS NULL) AS table_missing,
       (SELECT min(k.n)::int FROM known k, jsonb_array_elements_text(coalesce(k.columns, '[]')) AS w(name)
         WHERE k.oid IS NOT NULL AND NOT EXISTS (
           SELECT FROM pg_attribute t
            WHERE t.attrelid = k.oid AND t.attname::text = w.name AND t.attnum > 0 AND NOT t.attisdropped)) AS column_missing,
       EXISTS (SELECT FROM pg_roles WHERE rolname = $2) AS role_exists,
       (SELECT count(*)::int FROM (${PUBLIC_RISKS}) r) AS risks`;

/** Lists logins that expired more than an hour ago: something that should have dropped them did not. */
export const LEFT_BEHIND = `
SELECT format('the login %I should have been dropped', rolname) AS problem,
       format('DROP OWNED BY %I; DROP ROLE %I;', rolname, rolname) AS mend
  FROM pg_roles
 WHERE rolname ~ '^vk_[a-z0-9]+_postgres_[0-9]$' AND rolvaliduntil < now() - interval '1 hour'
 LIMIT 20`;
