export default function Part(): null {
  return null;
}
