import { InputError, MachineError, type QuietcoreError } from '../../core/errors.ts'

/** What a status of nova's that was not expected means to the operator. `said` is nova's own message, or empty. */
export function novaError(status: number, said: string, where: string, origin: string): QuietcoreError {
  if (status === 401) {
    return new InputError({
      code: 'token-expired',
      message: `nova does not take the token of ${origin} (401)`,
      next: 'It has expired or was revoked: get a new one with `openstack token issue`.',
    })
  }
  if (status === 403) {
    return new MachineError({
      code: 'openstack-forbidden',
      message: `nova forbids this user ${where}${said}`,
      next: 'Flavors are changed by administrators: use credentials with the admin role.',
    })
  }
  if (status === 400) {
    return new InputError({ code: 'nova-refuses', message: `nova refuses it (400)${said}` })
  }
  return new MachineError({
    code: status >= 500 ? 'openstack-unavailable' : 'openstack-answer',
    message: `${where} answered ${status}${said}`,
    next:
      status >= 500
        ? 'Nova or the proxy before it has a fault; try again later.'
        : 'Is this the address of a compute API? Look at the service catalog.',
  })
}
