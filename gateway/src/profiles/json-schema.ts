import { z } from 'zod'
import { casesSchema } from './cases-schema.ts'
import { profileSchema } from './profile-schema.ts'

/** JSON Schema of a profile file as a person writes it (defaults may be left out), for editors. */
export const profileJsonSchema = (): object => z.toJSONSchema(profileSchema, { io: 'input' })

/** JSON Schema of a `.cases.yaml` file, for editors. */
export const casesJsonSchema = (): object => z.toJSONSchema(casesSchema, { io: 'input' })
