/**
 * Every stable code the gateway reports: in thrown errors, log lines (`code`), counters and API answers.
 * `gateway/docs/errors.md` is generated from this table; a test fails when the page is stale or a code is used that is not here.
 */
export const ERROR_CODES = {
  HW_NODE_TOO_OLD: {
    means: 'The program was started with a Node.js older than 24.',
    remedy: 'Start it through npm (npm start, npm run demo), which brings Node 24 along, or install Node 24.',
  },
  HW_HALL_INVALID: {
    means: 'hall.yaml has problems; a running gateway keeps the last valid file.',
    remedy: 'Fix the listed lines; try them with `hallwatt check hall.yaml`.',
  },
  HW_PROFILE_INVALID: {
    means: 'A device profile has problems.',
    remedy: 'Fix the listed lines; try them with `hallwatt profile check`.',
  },
  HW_FILE_UNREADABLE: {
    means: 'A file that is needed could not be read.',
    remedy: 'Check the path and the access rights.',
  },
  HW_USAGE: { means: 'The command line was not understood.', remedy: 'Run `hallwatt --help`.' },
  HW_PORT_IN_USE: {
    means: 'A port the gateway should listen on is taken.',
    remedy: 'Stop the other program or choose another port in hall.yaml.',
  },
  HW_BIND_REFUSED: {
    means: 'The hall opens a port to the network without credentials.',
    remedy: 'Set the credentials the message names, or bind to 127.0.0.1.',
  },
} as const satisfies Record<string, { means: string; remedy: string }>

export type ErrorCode = keyof typeof ERROR_CODES
