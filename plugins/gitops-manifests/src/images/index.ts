export { setImage, type ImageInput } from './setImage';
