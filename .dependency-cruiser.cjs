/**
 * Import direction (ARCHITECTURE.md, "Rooms"). gateway/test/import-direction.test.ts runs it and fails when it saw no modules.
 * `comment` says what to do instead.
 */
const DECIDING = 'documents|config|profiles|readings|faults|alarms|work-orders|reports|settings|signature|tariff|demos'
const TOUCHING =
  'big-screens|demo-runs|traffic|asking|modbus|polling|broker|ingest|store|spool|influx|history|live|repair|notify|commands|auth|http|metrics|commissioning|backup|flows|dlt645|ocpp'
/** Tests and what stands up a room for them. */
const TEST = '\\.test\\.ts$|-fixture\\.ts$|/testing/'
const room = (names) => `^gateway/src/(${names})/`

module.exports = {
  forbidden: [
    {
      name: 'domain-imports-nothing',
      comment: 'domain is the vocabulary: it imports nothing. Move what needs another room into that room.',
      severity: 'error',
      from: { path: room('domain') },
      to: { pathNot: room('domain') },
    },
    {
      name: 'ports-import-only-domain',
      comment: 'A port is an interface and its plain implementation: let the room that uses it bring the rest.',
      severity: 'error',
      from: { path: room('ports') },
      to: { path: '^gateway/src/', pathNot: room('domain|ports') },
    },
    {
      name: 'deciding-rooms-stay-pure',
      comment:
        'Rooms that decide import domain and each other. Take what the world gives as an argument; only types may be imported from a room that touches it.',
      severity: 'error',
      from: { path: room(DECIDING) },
      to: { path: '^gateway/src/', pathNot: room(`domain|ports|${DECIDING}`), dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'edges-do-not-know-each-other',
      comment:
        'Rooms that touch the world never import each other, except as types: hand the function in from gateway.ts.',
      severity: 'error',
      from: { path: `^gateway/src/(${TOUCHING})/`, pathNot: TEST },
      to: { path: room(TOUCHING), pathNot: '^gateway/src/$1/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'only-the-wiring-knows-every-room',
      comment: 'gateway.ts wires and cli starts: no room imports them.',
      severity: 'error',
      from: { path: room(`domain|ports|${DECIDING}|${TOUCHING}`), pathNot: TEST },
      to: { path: '^gateway/src/(gateway\\.ts|main\\.ts|cli/|wiring/)' },
    },
    {
      name: 'simulators-stand-alone',
      comment:
        'A simulator that shared the gateway’s codecs would share its mistakes: write the device from its own facts.',
      severity: 'error',
      from: { path: '^simulators/' },
      to: { path: '^gateway/' },
    },
    {
      name: 'gateway-does-not-need-simulators',
      comment: 'Only the demo command and tests start simulators, as a process of their own.',
      severity: 'error',
      from: { path: '^gateway/src/', pathNot: `${TEST}|^gateway/src/cli/` },
      to: { path: '^simulators/' },
    },
    {
      name: 'no-circles',
      comment: 'Two files that import each other are one idea or three: split off what both need.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: 'node_modules' },
  },
}
