/*
 * A printed core with memory around it, driven by a file of jobs: what lies in
 * memory, and what the host did and when, as recorded beside the WebAssembly.
 * After every cycle it writes a hash of all registers; nothing is judged here.
 *
 *   harness JOBS HASHES               runs all jobs
 *   harness JOBS HASHES --state N     and writes at last the registers of the only job as they are after N cycles
 *   harness JOBS HASHES --wave FILE   and dumps all signals (if it was built with waves)
 *   harness JOBS HASHES --quiet       hashes the last cycle of each job only, and prints the seconds of CPU time of each
 *
 * All numbers are little-endian and have 64 bits. A job: cycles; the number of
 * segments, each address, bytes, data (padded to 8 bytes); the number of
 * effects, each cycle, kind, then as the kind says: 0 a write to memory
 * (address, bytes, padded data), 1 a register (its index, its value).
 */
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <memory>
#include <string>
#include <vector>

#include "core.h"
#if VM_TRACE
#include "verilated_vcd_c.h"
#endif

namespace {

constexpr std::uint64_t DRAM_BASE = CORE_MEMORY_BASE;
constexpr std::size_t PAGE = 4096;
/* An access that begins in the last bytes of memory may reach beyond. */
constexpr std::size_t MARGIN = 16;

[[noreturn]] void fail(const std::string& what) {
  std::fprintf(stderr, "harness: %s\n", what.c_str());
  std::exit(2);
}

/* Memory that remembers which pages it has to clear for the next job. */
class Dram {
 public:
  Dram() : bytes_(CORE_MEMORY_BYTES + MARGIN), marks_(CORE_MEMORY_BYTES / PAGE + 1) {}

  std::uint64_t load(std::uint64_t address, std::size_t bytes) const {
    std::uint64_t value = 0;
    if (address - DRAM_BASE < CORE_MEMORY_BYTES) std::memcpy(&value, &bytes_[address - DRAM_BASE], bytes);
    return value;
  }

  void store(std::uint64_t address, const void* data, std::size_t bytes) {
    const std::uint64_t at = address - DRAM_BASE;
    if (bytes == 0 || at >= CORE_MEMORY_BYTES || bytes > CORE_MEMORY_BYTES + MARGIN - at) return;
    std::memcpy(&bytes_[at], data, bytes);
    for (std::size_t page = at / PAGE; page <= (at + bytes - 1) / PAGE; page++) mark(page);
  }

  void clear() {
    for (const std::size_t page : marked_) {
      const std::size_t at = page * PAGE;
      std::memset(&bytes_[at], 0, at + PAGE <= bytes_.size() ? PAGE : bytes_.size() - at);
      marks_[page] = false;
    }
    marked_.clear();
  }

 private:
  void mark(std::size_t page) {
    if (marks_[page]) return;
    marks_[page] = true;
    marked_.push_back(page);
  }

  std::vector<unsigned char> bytes_;
  std::vector<bool> marks_;
  std::vector<std::size_t> marked_;
};

struct Blob {
  std::uint64_t address;
  std::vector<unsigned char> data;
};

struct Effect {
  std::uint64_t cycle;
  bool isRegister;
  Blob write;
  std::uint64_t index;
  std::uint64_t value;
};

struct Job {
  std::uint64_t cycles;
  std::vector<Blob> segments;
  std::vector<Effect> effects;
};

class Reader {
 public:
  explicit Reader(const char* path) : file_(std::fopen(path, "rb")) {
    if (file_ == nullptr) fail(std::string("cannot read ") + path);
  }
  ~Reader() { std::fclose(file_); }

  bool job(Job& job) {
    if (!number(job.cycles)) return false;
    job.segments.clear();
    job.effects.clear();
    for (std::uint64_t n = must(); n > 0; n--) job.segments.push_back(blob());
    for (std::uint64_t n = must(); n > 0; n--) job.effects.push_back(effect());
    return true;
  }

 private:
  bool number(std::uint64_t& value) { return std::fread(&value, sizeof value, 1, file_) == 1; }

  std::uint64_t must() {
    std::uint64_t value = 0;
    if (!number(value)) fail("the file of jobs ends too early");
    return value;
  }

  Blob blob() {
    Blob read{must(), {}};
    const std::uint64_t bytes = must();
    read.data.resize((bytes + 7) / 8 * 8);
    if (!read.data.empty() && std::fread(read.data.data(), read.data.size(), 1, file_) != 1) fail("the file of jobs ends too early");
    read.data.resize(bytes);
    return read;
  }

  Effect effect() {
    Effect read{};
    read.cycle = must();
    read.isRegister = must() == 1;
    if (read.isRegister) {
      read.index = must();
      read.value = must();
    } else {
      read.write = blob();
    }
    return read;
  }

  std::FILE* file_;
};

/* The same as in hash.ts. */
std::uint64_t hashOf(const std::uint32_t* words, std::size_t count) {
  std::uint32_t even = 0x811c9dc5u, odd = 0x2166136fu;
  for (std::size_t i = 0; i + 1 < count; i += 2) {
    even = (even ^ words[i]) * 0x01000193u;
    odd = (odd ^ words[i + 1]) * 0x01000193u;
    even ^= even >> 15;
    odd ^= odd >> 15;
  }
  return static_cast<std::uint64_t>(odd) << 32 | even;
}

struct Options {
  const char* jobs = nullptr;
  const char* hashes = nullptr;
  const char* wave = nullptr;
  std::uint64_t state = 0;
  bool quiet = false;
};

class Simulation {
 public:
  explicit Simulation(const Options& options) : options_(options), out_(std::fopen(options.hashes, "wb")), block_((CORE_BLOCK_BYTES + 7) / 8 * 2) {
    if (out_ == nullptr) fail(std::string("cannot write ") + options.hashes);
  }
  ~Simulation() { std::fclose(out_); }

  void run(const Job& job) {
    VerilatedContext context;
    Model model(&context);
    wave(context, model);
    powerOn(model);
    for (const Blob& segment : job.segments) dram_.store(segment.address, segment.data.data(), segment.data.size());
    auto effect = job.effects.begin();
    const std::clock_t began = std::clock();
    for (std::uint64_t cycle = 0; cycle < job.cycles; cycle++) {
      for (; effect != job.effects.end() && effect->cycle == cycle; effect++) apply(model, *effect);
      this->cycle(model, cycle);
      if (!options_.quiet || cycle + 1 == job.cycles) put(hash(model, false));
      if (options_.state == cycle + 1) put(model);
    }
    if (options_.quiet) std::printf("%.6f\n", static_cast<double>(std::clock() - began) / CLOCKS_PER_SEC);
    put(hash(model, true));
#if VM_TRACE
    if (wave_) {
      wave_->dump(job.cycles * 10);
      wave_->close();
    }
#endif
    dram_.clear();
  }

 private:
  /* Reset, with every input at its value after power-on. */
  void powerOn(Model& model) {
    coreInputs(model);
    model.CORE_RESET = 1;
    for (const int level : {0, 1, 0}) {
      model.CORE_CLOCK = level;
      model.eval();
    }
    model.CORE_RESET = 0;
    model.eval();
  }

  void apply(Model& model, const Effect& effect) {
    if (!effect.isRegister) dram_.store(effect.write.address, effect.write.data.data(), effect.write.data.size());
    /* What is no input was changed behind the back of the model, which has to look again. */
    else if (!corePoke(model, effect.index, effect.value)) coreSettle(model);
  }

  void cycle(Model& model, std::uint64_t number) {
    model.CORE_CLOCK = 0;
    model.eval();
#if VM_TRACE
    if (wave_) wave_->dump(number * 10);
#else
    (void)number;
#endif
    coreReads(model, [this](std::uint64_t address, std::size_t bytes) { return dram_.load(address, bytes); });
    const std::vector<Store>& stores = coreStores(model);
    model.CORE_CLOCK = 1;
    model.eval();
    for (const Store& store : stores) dram_.store(store.address, &store.data, store.bytes);
    coreRelease(model);
  }

  std::uint64_t hash(Model& model, bool whole) {
    unsigned char* bytes = reinterpret_cast<unsigned char*>(block_.data());
    coreGather(model, bytes);
    if (!whole) return hashOf(block_.data(), block_.size());
    std::vector<std::uint32_t> arrays(CORE_ARRAY_WORDS);
    coreArrays(model, reinterpret_cast<unsigned char*>(arrays.data()));
    return hashOf(arrays.data(), arrays.size());
  }

  void put(std::uint64_t number) { std::fwrite(&number, sizeof number, 1, out_); }

  /* All registers. */
  void put(Model& model) {
    coreGather(model, reinterpret_cast<unsigned char*>(block_.data()));
    std::fwrite(block_.data(), 4, block_.size(), out_);
    std::exit(std::fclose(out_) == 0 ? 0 : 2);
  }

  void wave(VerilatedContext& context, Model& model) {
#if VM_TRACE
    if (options_.wave == nullptr) return;
    context.traceEverOn(true);
    wave_ = std::make_unique<VerilatedVcdC>();
    model.trace(wave_.get(), 99);
    wave_->open(options_.wave);
#else
    (void)context;
    (void)model;
    if (options_.wave != nullptr) fail("built without waves");
#endif
  }

  const Options& options_;
  std::FILE* out_;
  std::vector<std::uint32_t> block_;
  Dram dram_;
#if VM_TRACE
  std::unique_ptr<VerilatedVcdC> wave_;
#endif
};

Options parse(int count, char** arguments) {
  Options options;
  if (count < 3) fail("needs JOBS and HASHES");
  options.jobs = arguments[1];
  options.hashes = arguments[2];
  for (int i = 3; i < count; i++) {
    const std::string option = arguments[i];
    if (option == "--quiet") options.quiet = true;
    else if (option == "--state" && i + 1 < count) options.state = std::strtoull(arguments[++i], nullptr, 10);
    else if (option == "--wave" && i + 1 < count) options.wave = arguments[++i];
    else fail("does not know " + option);
  }
  return options;
}

}  // namespace

int main(int count, char** arguments) {
  const Options options = parse(count, arguments);
  Simulation simulation(options);
  Reader reader(options.jobs);
  for (Job job; reader.job(job);) simulation.run(job);
  return 0;
}
