// A browser gives pages that are files no worker: the site's search then runs in a hidden frame.
// Material's offline plugin would link to another server for this, unless a file has this name.
if (location.protocol === "file:") {
  window.IFrameWorker = window.Worker = class extends EventTarget {
    constructor(url) {
      super();
      this.frame = document.createElement("iframe");
      this.frame.hidden = true;
      this.loaded = new Promise((done) => (this.frame.onload = done));
      this.frame.addEventListener("message", ({ data }) => this.dispatchEvent(new MessageEvent("message", { data })));
      this.frame.srcdoc =
        "<script>postMessage = (data) => frameElement.dispatchEvent(new MessageEvent('message', { data }))</script>" +
        `<script src="${url}"></script>`;
      document.body.append(this.frame);
    }

    async postMessage(data) {
      await this.loaded;
      this.frame.contentWindow.dispatchEvent(new MessageEvent("message", { data }));
    }
  };
}
