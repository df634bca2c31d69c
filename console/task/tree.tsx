import type { Read } from "../../contract/operation.ts";
import type { ShownTask } from "../../contract/tasks.ts";
import { Link } from "../parts/link.tsx";
import { Text } from "../parts/text.tsx";
import { statusInWords } from "../tasks/in-words.ts";

interface TreeProps {
  readonly tasks: readonly Read<ShownTask>[];
  /** Task whose page this is. */
  readonly id: string;
  /** Path above the tasks that are listed; empty for the root. */
  readonly below?: string;
}

/** Tasks of a tree, each list inside the task that started them. Grows as sub-agents start. */
export function Tree({ tasks, id, below = "" }: TreeProps) {
  const here = tasks.filter(
    ({ id: each }) =>
      each.startsWith(below) && each !== below && !tasks.some((other) => isBetween(below, other.id, each)),
  );
  if (here.length === 0) return null;
  return (
    <ul class="tree">
      {here.map((task) => (
        <li key={task.id}>
          <div class={`tree-task ${task.status}`}>
            {task.id === id ? (
              <strong aria-current="page">
                <Text of={task.agent} />
              </strong>
            ) : (
              <Link to={`/tasks/${task.id}`}>
                <Text of={task.agent} />
              </Link>
            )}{" "}
            <code>{task.id}</code> <span class={`pill ${task.status}`}>{statusInWords(task)}</span>
          </div>
          <Tree tasks={tasks} id={id} below={task.id} />
        </li>
      ))}
    </ul>
  );
}

/** True where one task lies between two others. The nearest shown task above a task is its parent in the list. */
const isBetween = (above: string, between: string, below: string): boolean =>
  between !== above && between !== below && between.startsWith(above) && below.startsWith(between);
