import { computed, shallowRef, watch } from 'vue'
import { allows } from '../../../../gateway/src/domain/role.ts'
import { type Me, type Permission, session } from '../session/session.ts'

/**
 * Whose phone this is: who is signed in, and after the session ended on the way whoever was. Work goes on, what is done waits
 * for the next sign-in, and the gateway decides for itself.
 */
const last = shallowRef<Me>()
watch(
  session.me,
  (me) => {
    last.value = me ?? last.value
  },
  { immediate: true },
)

export const person = computed(() => session.me.value ?? last.value)

export const personMay = (permission: Permission): boolean =>
  person.value !== undefined && allows(person.value.roles, permission)
