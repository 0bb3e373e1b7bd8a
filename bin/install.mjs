// Runs on whatever Node.js the machine has (20 or newer): plain JavaScript, built-in modules only.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = dirname(dirname(fileURLToPath(import.meta.url)))

/** Installs what package-lock.json names when node_modules is missing or older than the lockfile. Ends the process on failure. */
export function installDependencies() {
  const installed = join(root, 'node_modules', '.package-lock.json')
  const lockfile = join(root, 'package-lock.json')
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(lockfile).mtimeMs) return
  process.stderr.write('Hallwatt: installing dependencies (npm install), about a minute …\n')
  const npm = process.env.npm_execpath ? [process.execPath, process.env.npm_execpath] : ['npm']
  // Not `npm ci`: it refuses a lockfile that lacks the packages of other platforms (musl, macOS, Windows), which no Linux
  // machine installs and which small company registries do not carry. Versions and checksums come from the lockfile here too.
  const flags = ['--no-save', '--no-audit', '--no-fund', '--loglevel=error']
  const { status } = spawnSync(npm[0], [...npm.slice(1), 'install', ...flags], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  if (status !== 0) {
    process.stderr.write(
      'HW_INSTALL_FAILED: npm install failed, see above. Check that the npm registry can be reached.\n',
    )
    process.exit(1)
  }
  const now = new Date()
  utimesSync(installed, now, now) // npm leaves its note untouched when there was nothing to do
}

/**
 * The Node.js 24 to run with: the one in this process when it is new enough, else the one that npm installed beside us.
 * Ends the process with one clear sentence when there is neither.
 */
export function node24() {
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath
  const brought = join(root, 'node_modules', '.bin', 'node')
  if (existsSync(brought)) return brought
  process.stderr.write(
    `HW_NODE_TOO_OLD: Hallwatt needs Node.js 24 or newer, this is ${process.versions.node}, and npm brought none for ` +
      `${process.platform}-${process.arch}. Install Node 24 from https://nodejs.org and start again.\n`,
  )
  process.exit(1)
}

/**
 * Builds the web console (two seconds) when it is missing or older than what it is made from. Where the tools for that are not
 * installed, as in a container, whatever build is there is used. When the build fails, the one before it stays in use; the
 * gateway runs without pages when there is none.
 * @returns {boolean} false when the build failed
 */
export function buildConsole() {
  const folder = join(root, 'dashboards', 'console')
  const built = join(folder, 'dist', 'index.html')
  const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js')
  if (!existsSync(join(folder, 'src')) || !existsSync(vite)) return true
  if (existsSync(built) && statSync(built).mtimeMs >= newestIn(folder)) return true
  process.stderr.write('Hallwatt: building the web console …\n')
  // Built beside and then moved, so that a gateway that starts meanwhile never serves half of it.
  const fresh = join(folder, `dist.${process.pid}`)
  const { status, stderr } = spawnSync(node24(), [vite, 'build', '--outDir', fresh, '--logLevel', 'error'], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
  })
  if (status !== 0) {
    rmSync(fresh, { recursive: true, force: true })
    process.stderr.write(`${stderr}Hallwatt: the web console cannot be built, see above.\n`)
    return false
  }
  const old = join(folder, `dist.old.${process.pid}`)
  if (existsSync(join(folder, 'dist'))) renameSync(join(folder, 'dist'), old)
  renameSync(fresh, join(folder, 'dist'))
  rmSync(old, { recursive: true, force: true })
  return true
}

/** When the newest source below a folder was written, ms. */
function newestIn(folder) {
  let newest = 0
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (/^(?:dist|test|docs|node_modules|README)/.test(entry.name) || entry.name.endsWith('.d.ts')) continue
    const path = join(folder, entry.name)
    newest = Math.max(newest, entry.isDirectory() ? newestIn(path) : statSync(path).mtimeMs)
  }
  return newest
}
