/** The import law: imports point downwards only. */
const only = (name, from, to) => ({
  name,
  severity: "error",
  from: { path: from },
  to: { path: "^(src|durable-objects|dev|bench|test|cli)/", pathNot: to },
});

module.exports = {
  forbidden: [
    { name: "no-circular", severity: "error", from: {}, to: { circular: true } },
    only("core-stands-alone", "^src/core/", "^src/core/"),
    only("protocol-sees-core", "^src/protocol/", "^src/(core|protocol)/"),
    only("ports-see-protocol", "^src/ports/", "^src/(core|protocol|ports)/"),
    only("app-sees-ports", "^src/app/", "^src/(core|protocol|ports|app)/"),
    only("adapters-see-ports", "^src/adapters/", "^src/(core|protocol|ports|adapters|schema)/"),
    only(
      "env-sees-core",
      "^src/env(-stores|-keys|-limits|-caps)?\\.ts$",
      "^src/((core|protocol)/|env-(stores|keys|limits|caps)\\.ts$)",
    ),
    only("services-see-app", "^src/services\\.ts$", "^src/(env\\.ts$|(core|protocol|ports|app)/)"),
    only(
      "http-and-cron-see-app",
      "^src/(http/|cron\\.ts$)",
      "^src/(env\\.ts$|services\\.ts$|(core|protocol|ports|app|http)/)",
    ),
    only("client-sees-protocol", "^src/client/", "^src/(client/|protocol/|core/ids\\.ts$)"),
    {
      name: "nothing-sees-the-client",
      severity: "error",
      from: { path: "^(src|durable-objects)/", pathNot: "^src/client/" },
      to: { path: "^src/client/" },
    },
    {
      name: "compose-alone-sees-adapters",
      severity: "error",
      from: {
        path: "^(src|durable-objects)/",
        pathNot: "^src/(adapters/|compose(-objects|-stores)?\\.ts$)",
      },
      to: { path: "^src/adapters/" },
    },
    {
      name: "product-never-sees-its-tools",
      severity: "error",
      from: { path: "^(src|durable-objects)/" },
      to: { path: "^(test|bench|dev|cli)/" },
    },
    only(
      "cli-sees-adapters-and-tools",
      "^cli/",
      "^(cli/|dev/|src/(core|protocol|ports|adapters|schema)/)",
    ),
    {
      name: "core-uses-pure-packages-only",
      severity: "error",
      from: { path: "^src/core/" },
      to: { path: "node_modules|^node:|^cloudflare:", pathNot: "node_modules/isbot/" },
    },
    {
      name: "platform-modules-in-objects-only",
      severity: "error",
      from: { path: "^src/" },
      to: { path: "^cloudflare:" },
    },
    {
      name: "no-node-in-the-product",
      severity: "error",
      from: { path: "^(src|durable-objects)/" },
      to: { path: "^node:" },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    doNotFollow: { path: "node_modules" },
  },
};
