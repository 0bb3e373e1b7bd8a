import { setFlagsFromString } from 'node:v8'

// The simulators run beside the gateway on a small computer: a little slower is better than 20 MB more. Imported first, so that it
// holds before anything is loaded.
setFlagsFromString('--max-semi-space-size=1')
setFlagsFromString('--optimize-for-size')
