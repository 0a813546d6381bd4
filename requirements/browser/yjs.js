// What the shared notes use of Yjs; everything else is left out of the bundle.
export {
  Doc,
  applyUpdate,
  createAbsolutePositionFromRelativePosition,
  createRelativePositionFromTypeIndex,
  encodeStateAsUpdate,
  encodeStateVector,
} from "yjs"
