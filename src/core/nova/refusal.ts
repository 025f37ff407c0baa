/** Nova's answer to a flavor that it would not boot: the class of its exception and the sentence it gives. */
export class NovaRefusal extends Error {
  override readonly name = 'NovaRefusal'
  /** name of the exception class in nova/exception.py: `RealtimeMaskNotFoundOrInvalid` */
  readonly novaClass: string

  constructor(novaClass: string, message: string) {
    super(message)
    this.novaClass = novaClass
  }
}
