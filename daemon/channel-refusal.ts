/** Something that a channel cannot do as things stand: the message is for the operator who asked. */

export class ChannelRefusal extends Error {}
