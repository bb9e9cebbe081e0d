/** What `headcount --help` says, and every mistake in calling it. */
export const USAGE = `
headcount migrate             brings a MySQL to the schema of this version
headcount migrate-database    moves everything from D1 to MySQL; run again, it goes on from where it ended

  --url URL         the MySQL: https://user:password@host (PlanetScale) or mysql://user:password@host:port/database;
                    else DATABASE_URL of the environment or of .dev.vars; else a MariaDB of its own under --state
  --state DIR       where npm start keeps everything, the local D1 among it (.headcount)
  --secrets FILE    another file than .dev.vars

of migrate-database alone:
  --from d1         where from, and
  --to mysql        where to: no other way is known
  --from-file FILE  moves a dump made by wrangler d1 export instead of the local D1
  --restart         forgets where an earlier run ended
  --verify          compares, and writes no row`;
