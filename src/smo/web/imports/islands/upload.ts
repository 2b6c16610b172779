/** Sends a file in parts: each may be sent again, a lost connection is waited out, and a begun file goes on. */
interface Begun {
  part: string;
  end: string;
  page: string;
}

const PAUSE_MS = 2000;

class Upload extends HTMLElement {
  connectedCallback(): void {
    const form = this.querySelector("form");
    const input = this.querySelector<HTMLInputElement>("input[type=file]");
    const drop = this.querySelector<HTMLElement>(".s-drop");
    if (!form || !input || !drop) return;
    for (const kind of ["dragover", "dragleave", "drop"]) {
      drop.addEventListener(kind, (event) => {
        event.preventDefault();
        drop.toggleAttribute("data-over", kind === "dragover");
      });
    }
    drop.addEventListener("drop", (event) => {
      const files = event.dataTransfer?.files;
      if (!files?.length) return;
      input.files = files;
      this.name(files[0]);
    });
    input.addEventListener("change", () => this.name(input.files?.[0]));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const file = input.files?.[0];
      if (file) void this.send(file, form);
    });
  }

  private name(file: File | undefined): void {
    const shown = this.querySelector(".s-drop .s-strong");
    if (shown && file) shown.textContent = file.name;
  }

  private async send(file: File, form: HTMLFormElement): Promise<void> {
    const button = form.querySelector("button");
    const size = this.dataset["size"];
    if (size !== undefined && Number(size) !== file.size) {
      this.tell(this.dataset["refused"] ?? "", 0);
      return;
    }
    if (button) button.disabled = true;
    this.tell(this.dataset["sending"] ?? "", 0);
    try {
      const begun = await this.begun(file, form);
      await this.parts(file, begun);
      const ended = await this.post(begun.end, new FormData());
      if (!ended.ok) throw new Error();
      location.assign(begun.page);
    } catch {
      this.tell(this.dataset["refused"] ?? "", 0);
      if (button) button.disabled = false;
    }
  }

  private async begun(file: File, form: HTMLFormElement): Promise<Begun> {
    const { part, end, page } = this.dataset;
    if (part && end && page) return { part, end, page };
    const about = new FormData();
    about.set("kind", String(new FormData(form).get("kind")));
    about.set("file_name", file.name);
    about.set("size", String(file.size));
    const answer = await this.post(this.dataset["begin"] ?? "", about);
    if (!answer.ok) throw new Error();
    return (await answer.json()) as Begun;
  }

  private async parts(file: File, begun: Begun): Promise<void> {
    const step = Number(this.dataset["partBytes"]);
    let offset = Number(this.dataset["received"] ?? 0);
    while (offset < file.size) {
      this.tell(this.dataset["sending"] ?? "", (100 * offset) / file.size);
      offset = await this.one(begun.part, file.slice(offset, offset + step), offset);
    }
  }

  /** How many bytes are there after this part. While there is no answer, it is sent again. */
  private async one(address: string, part: Blob, offset: number): Promise<number> {
    for (;;) {
      let answer: Response | undefined;
      try {
        answer = await this.post(address, part, { "X-Offset": String(offset), "Content-Type": "application/octet-stream" });
      } catch {
        this.tell(this.dataset["lost"] ?? "", -1);
      }
      if (answer?.headers.get("Content-Type")?.startsWith("application/json")) {
        return Number(((await answer.json()) as { received: number }).received);
      }
      if (answer && answer.status < 500) throw new Error();
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }

  private post(address: string, body: BodyInit, headers: Record<string, string> = {}): Promise<Response> {
    const token = this.querySelector<HTMLInputElement>("[name=csrfmiddlewaretoken]")?.value ?? "";
    return fetch(address, { method: "POST", body, headers: { ...headers, "X-CSRFToken": token }, redirect: "follow" });
  }

  private tell(words: string, percent: number): void {
    const bar = this.querySelector<HTMLElement>(".s-upload-bar");
    const progress = this.querySelector("progress");
    const said = this.querySelector(".s-upload-bar p");
    if (!bar || !progress || !said) return;
    bar.hidden = false;
    if (percent >= 0) progress.value = percent;
    said.textContent = words;
  }
}

customElements.define("s-upload", Upload);
