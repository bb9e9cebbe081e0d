/** What `headcount --help` says, and every mistake in calling it. */
export const USAGE = `
headcount migrate             brings a MySQL to the schema of this version
headcount migrate-database    moves everything from D1 to MySQL; run again, it goes on from where it ended
headcount rebuild             has a service find every hour from --from on anew, from its raw log
headcount correct             the same of the hours --from --to; without them, of what is due
headcount corrections         what corrections found, the latest first
headcount replay FILE…        the views that access logs tell of (combined or JSON, gzip too), into their own hours
headcount keys put NAME       makes a key for --scopes, and shows it once; the service gets its hash alone
headcount keys list           the names of all keys, what each may do, and whether it was revoked
headcount keys revoke NAME    from now on the key opens nothing
headcount import FILE.csv     views that contents bring along from elsewhere: columns content and views

of migrate and migrate-database:
  --url URL         the MySQL: https://user:password@host (PlanetScale) or mysql://user:password@host:port/database;
                    else DATABASE_URL of the environment or of .dev.vars; else a MariaDB of its own under --state
  --state DIR       where npm start keeps everything, the local D1 among it (.headcount)
  --secrets FILE    another file than .dev.vars

of migrate-database alone:
  --from d1         where from, and
  --to mysql        where to: no other way is known
  --from-file FILE  moves a dump made by wrangler d1 export instead of the local D1
  --restart         forgets where an earlier run ended
  --verify          compares, and writes no row

of replay:
  --site URL        whose log it is: https://example.org
  --content REGEX   its first group, found in a request's path, is the content's id; else the page's URL makes it
  --include REGEX   only paths in which one of these is found; else all but those of assets
  --exclude REGEX   none in which one of these is found
  --dry-run         says what would be counted, and sends nothing (of import, too)
  --no-wait         leaves the correction of the hours to the service

of keys put:
  --scopes LIST     some of read,write,operate, with commas between
  --replace         though there is a key of this name: it ends at once

of rebuild, correct, corrections, keys, replay and import:
  --url URL         the service: https://…, or http:// of this machine (http://127.0.0.1:8787)
  --key KEY         its admin key; better, since others see flags: ADMIN_KEY of the environment or of .dev.vars
  --secrets FILE    another file than .dev.vars
  --from HOUR       2026-11-21T09 of UTC, or an instant of RFC 3339 on a whole hour
  --to HOUR         of correct: the first hour that is not meant (one hour without it)
  --patience N      seconds a shard, or a service, may get nowhere before it is given up (120)
  --limit N         of corrections: how many (20)`;
