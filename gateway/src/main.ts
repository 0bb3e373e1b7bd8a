// The process: version check, command line, exit code. Nothing else is imported before the check, so that an old Node.js
// gets one sentence instead of a syntax error.
if (Number(process.versions.node.split('.')[0]) < 24) {
  process.stderr.write(
    `HW_NODE_TOO_OLD: Hallwatt needs Node.js 24 or newer, this is ${process.versions.node}. Start it through npm: npm start, npm run demo.\n`,
  )
  process.exit(1)
}
// Whoever imports node:http as a module asks it for each of its names, and these three bring the whole of undici with them: 10 MB
// and a tenth of a second at each start, for nothing the gateway uses.
const http = process.getBuiltinModule('node:http')
for (const name of ['WebSocket', 'CloseEvent', 'MessageEvent']) Reflect.deleteProperty(http, name)

const { runCommand } = await import('./cli/cli.ts')
process.exitCode = await runCommand(process.argv.slice(2))
