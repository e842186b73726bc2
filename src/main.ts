// Nothing is imported before the version is known: an old Node would stop at the first unknown syntax instead.
const oldest = 24
if (Number(process.versions.node.split('.')[0]) < oldest) {
  process.stderr.write(
    `Node.js ${oldest} or newer is needed, this is ${process.versions.node}: use npm start\n`,
  )
  process.exit(1)
}

const { runCommand } = await import('./app/command.ts')

// Each command loads what it needs and no more.
await runCommand(process.argv.slice(2), {
  start: async (context) =>
    (await import('./app/start.ts')).start(context, (await import('./ops/demo.ts')).demo),
  server: async (context) => (await import('./app/server.ts')).serve(context),
  worker: async (context) => (await import('./app/worker.ts')).work(context),
  ops: async (context) =>
    (await import('./ops/index.ts')).runOps({
      ...context,
      listRoutes: async (target) => (await import('./app/route-list.ts')).listRoutes(target),
      openApiDocument: async (target) => (await import('./app/route-list.ts')).openApiDocument(target),
    }),
})
